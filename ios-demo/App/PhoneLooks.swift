import Foundation
import UIKit
import WaysideModel

/// The language chosen for the app, and the picture it stands under. iOS lets an app change its picture and not its name.
final class PhoneLooks: Looks, @unchecked Sendable {
    private let kept = UserDefaults.standard

    var language: String? {
        get { kept.string(forKey: "language") }
        set { kept.set(newValue, forKey: "language") }
    }

    /// Names of the pictures in the project.
    let faces = ["Wayside", "Notebook", "Measures"]

    var face: String {
        get { kept.string(forKey: "face") ?? faces[0] }
        set {
            kept.set(newValue, forKey: "face")
            let name = newValue == faces[0] ? nil : newValue
            Task { @MainActor in try? await UIApplication.shared.setAlternateIconName(name) }
        }
    }
}
