// The Android library. `cargo xtask bindings kotlin --release` generates the sources this build reads, makes the native
// libraries, which needs Android's NDK, and calls it.
plugins {
    id("com.android.library") version "9.2.1"
}

val generated = providers.gradleProperty("wayside.generated").orElse("../../target/bindings/kotlin")

android {
    namespace = "org.wayside.core"
    compileSdk = 36

    defaultConfig {
        // java.time.Instant
        minSdk = 26
        consumerProguardFiles("consumer-rules.pro")
    }

    sourceSets {
        getByName("main") {
            kotlin.directories.add(generated.get())
            jniLibs.directories.add("../../target/bindings/jni")
        }
    }
}

dependencies {
    // 5.19.1: earlier ones do not load on Android's 16 KiB pages.
    api("net.java.dev.jna:jna:5.19.1@aar")
    // For the wrappers that suspend.
    api("org.jetbrains.kotlinx:kotlinx-coroutines-core:1.11.0")
}
