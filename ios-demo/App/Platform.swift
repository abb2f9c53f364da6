import Foundation
import UIKit
import WaysideLink
import WaysideModel

/// What only this system can say.
enum Platform {
    static var language: String { Locale.current.language.languageCode?.identifier ?? "en" }

    @MainActor
    static func host() -> Host {
        let host = Host(
            directory: folder().appendingPathComponent("vaults").path, keys: KeychainKeys(), transport: { HttpTransport() },
            offsetMinutes: { Int32(TimeZone.current.secondsFromGMT() / 60) }, looks: PhoneLooks(), senses: PhoneSenses(),
            saver: PhoneSaver(), voice: PhoneVoice(), nearby: LocalNetwork(draw: PhonePicture.squares),
            onSealed: { BackgroundSending.ask(urgent: $0) })
        BackgroundSending.register(host)
        return host
    }

    /// The app's own folder: no backup takes it, and it stays readable for sending after the first unlock of the phone.
    private static func folder() -> URL {
        let files = FileManager.default
        var folder = files.urls(for: .applicationSupportDirectory, in: .userDomainMask)[0].appendingPathComponent("wayside")
        let protection = [FileAttributeKey.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication]
        // Where it cannot be made, the core finds no folder and says so with its code.
        try? files.createDirectory(at: folder, withIntermediateDirectories: true, attributes: protection)
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try? folder.setResourceValues(values)
        return folder
    }

    /// While a colleague reads this screen it must not go dark: the app would shut the door behind it.
    @MainActor
    static func stayAwake(_ awake: Bool) { UIApplication.shared.isIdleTimerDisabled = awake }

    /// Asks the system to wait with freezing the app until this is done.
    @MainActor
    static func finishing(_ work: @escaping @MainActor () async -> Void) {
        let app = UIApplication.shared
        let assertion = app.beginBackgroundTask(withName: nil, expirationHandler: nil)
        Task {
            await work()
            app.endBackgroundTask(assertion)
        }
    }
}
