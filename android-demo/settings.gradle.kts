pluginManagement {
    repositories {
        google()
        mavenCentral()
        gradlePluginPortal()
    }
}

dependencyResolutionManagement {
    repositories {
        google()
        mavenCentral()
    }
}

rootProject.name = "android-demo"
include(":app", ":screens", ":core")
project(":core").projectDir = file("../bindings/kotlin")
