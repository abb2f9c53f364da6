import Foundation
import Wayside
import WaysideModel

/// The Wi-Fi that this phone is in, or the hotspot that it gives; never the mobile network, through which strangers come.
public struct LocalNetwork: Nearby {
    private let place: @Sendable () -> UInt32?
    private let isNear: @Sendable (UInt32) -> Bool
    private let draw: @Sendable (String) -> Squares?

    /// - Parameter draw: makes what a camera reads; drawing is the system's.
    public init(draw: @escaping @Sendable (String) -> Squares?) {
        self.init(at: { Self.pick(Self.found()) }, isNear: Self.isLocal, draw: draw)
    }

    init(
        at place: @escaping @Sendable () -> UInt32?, isNear: @escaping @Sendable (UInt32) -> Bool,
        draw: @escaping @Sendable (String) -> Squares? = { _ in nil }
    ) {
        self.place = place
        self.isNear = isNear
        self.draw = draw
    }

    public func open(_ answer: @escaping @Sendable (CarryRequest) throws -> WireResponse) throws -> Door {
        guard let place = place() else { throw LineEnd.gone }
        return try NearbyDoor(at: place, isNear: isNear, answer: answer)
    }

    public func transport() -> Transport { NearbyTransport(isNear: isNear) }

    public func picture(_ text: String) -> Squares? { draw(text) }

    /// What others of the network reach: the hotspot before the Wi-Fi, since it is on because somebody wants it now. An
    /// interface of a name that is not known counts as the mobile network.
    static func pick(_ found: [(name: String, address: UInt32)]) -> UInt32? {
        for kind in ["bridge", "en"] {
            let fitting = found.filter { $0.name.prefix { !$0.isNumber } == kind && isLocal($0.address) }
            if let first = fitting.min(by: { $0.name < $1.name }) { return first.address }
        }
        return nil
    }

    /// Addresses that no network passes on to the world.
    static func isLocal(_ address: UInt32) -> Bool {
        address >> 24 == 10 || address >> 20 == 0xac1 || address >> 16 == 0xc0a8 || address >> 16 == 0xa9fe
    }

    private static func found() -> [(name: String, address: UInt32)] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else { return [] }
        defer { freeifaddrs(first) }
        return sequence(state: first) { next in
            defer { next = next?.pointee.ifa_next }
            return next
        }.compactMap { (one: UnsafeMutablePointer<ifaddrs>) in
            guard let address = one.pointee.ifa_addr, address.pointee.sa_family == sa_family_t(AF_INET) else { return nil }
            let numbers = address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { $0.pointee.sin_addr.s_addr }
            return (String(cString: one.pointee.ifa_name), UInt32(bigEndian: numbers))
        }
    }

    static func text(_ address: UInt32) -> String {
        [24, 16, 8, 0].map { "\(address >> $0 & 255)" }.joined(separator: ".")
    }

    /// Numbers only: a name would be looked up at whoever runs the network.
    static func numbers(_ host: String) -> (UInt32, UInt16)? {
        let parts = host.components(separatedBy: ":")
        guard parts.count == 2, let port = UInt16(parts[1]), port > 0 else { return nil }
        let numbers = parts[0].components(separatedBy: ".").compactMap { UInt8($0) }
        guard numbers.count == 4, parts[0].filter({ $0 == "." }).count == 3 else { return nil }
        return (numbers.reduce(0) { $0 << 8 | UInt32($1) }, port)
    }
}
