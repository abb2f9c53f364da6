import Wayside

/// What the platform gives a shell. Everything else is the core's.
public struct Host: Sendable {
    /// A folder of the app's own that backups leave out.
    public let directory: String
    public let keys: KeyStore
    /// A fresh way to the relay for each sync: an aborted one stays aborted.
    public let transport: @Sendable () -> Transport
    /// Minutes that local time is ahead of UTC.
    public let offsetMinutes: @Sendable () -> Int32

    public init(
        directory: String, keys: KeyStore, transport: @escaping @Sendable () -> Transport,
        offsetMinutes: @escaping @Sendable () -> Int32
    ) {
        self.directory = directory
        self.keys = keys
        self.transport = transport
        self.offsetMinutes = offsetMinutes
    }
}
