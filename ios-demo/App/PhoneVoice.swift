import AVFoundation
import WaysideModel

/// The system's player over bytes in memory. As in a call: through the earpiece, or what is plugged in.
@MainActor
final class PhoneVoice: NSObject, Voice {
    private var player: AVAudioPlayer?
    private var over: CheckedContinuation<Void, Never>?
    private var turn = 0

    func play(_ opus: Data) async throws {
        stop()
        turn += 1
        let mine = turn
        let session = AVAudioSession.sharedInstance()
        try session.setCategory(.playAndRecord, mode: .voiceChat)
        try session.setActive(true)
        // Not under one that was begun meanwhile.
        defer { if turn == mine { try? session.setActive(false, options: .notifyOthersOnDeactivation) } }
        let player = try AVAudioPlayer(data: opus)
        player.delegate = self
        guard player.play() else { throw CocoaError(.fileReadUnsupportedScheme) }
        self.player = player
        await withCheckedContinuation { over = $0 }
    }

    func stop() {
        player?.stop()
        player = nil
        over?.resume()
        over = nil
    }
}

extension PhoneVoice: AVAudioPlayerDelegate {
    nonisolated func audioPlayerDidFinishPlaying(_ player: AVAudioPlayer, successfully flag: Bool) {
        let ended = ObjectIdentifier(player)
        Task { @MainActor in if let now = self.player, ObjectIdentifier(now) == ended { self.stop() } }
    }
}
