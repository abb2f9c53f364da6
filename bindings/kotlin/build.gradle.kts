// The Android library. `cargo xtask bindings kotlin` first: it generates the sources this build reads. The native libraries
// come from `cargo ndk -t arm64-v8a -t armeabi-v7a -t x86_64 -o target/bindings/jni build -p wayside-ffi --release`, which
// needs the Android NDK.
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
