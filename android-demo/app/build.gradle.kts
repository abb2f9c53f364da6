plugins {
    id("com.android.application")
    id("org.jetbrains.kotlin.plugin.compose")
}

android {
    namespace = "org.wayside.app"
    compileSdk = 36

    defaultConfig {
        applicationId = "org.wayside.app"
        minSdk = 26
        targetSdk = 36
        versionCode = 1
        versionName = "0.1.0"
    }

    buildTypes {
        release {
            // The core's own rules come with its library.
            isMinifyEnabled = true
            isShrinkResources = true
            proguardFiles(getDefaultProguardFile("proguard-android-optimize.txt"))
        }
    }

    buildFeatures {
        compose = true
    }

    sourceSets {
        getByName("main") {
            // What needs no Android, so that the JVM tests run it.
            kotlin.directories.add("src/jvm/kotlin")
            assets.directories.add("../screens/fonts")
        }
    }
}

dependencies {
    implementation(project(":screens"))
    implementation("androidx.activity:activity-compose:1.13.0")
    implementation("androidx.compose.ui:ui:1.12.0")
    implementation("androidx.work:work-runtime:2.12.0")
    implementation("com.google.zxing:core:3.5.4")
    implementation("com.squareup.okhttp3:okhttp:5.5.1")
}
