import CryptoKit
import Foundation
import Security
import Wayside

/// Keys in the Keychain, bound to the Secure Enclave where the phone has one: the enclave's key takes part in every guess of
/// the secret and never leaves it. They belong to this phone only and to no fingerprint, which may change.
final class KeychainKeys: KeyStore {
    func level() -> HardwareLevel { SecureEnclave.isAvailable ? .secureEnclave : .software }

    func create(alias: String) throws {
        if try load(alias) != nil { return }
        let blob: Data
        do {
            blob = SecureEnclave.isAvailable ? try enclaveBlob() : SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        } catch {
            throw KeyStoreError.Unavailable
        }
        var query = item(alias)
        query[kSecValueData] = blob
        query[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        guard SecItemAdd(query as CFDictionary, nil) == errSecSuccess else { throw KeyStoreError.Unavailable }
    }

    func mac(alias: String, data: Data) throws -> Data {
        guard let blob = try load(alias) else { throw KeyStoreError.Invalidated }
        return Data(HMAC<SHA256>.authenticationCode(for: data, using: try key(blob)))
    }

    func delete(alias: String) throws {
        let status = SecItemDelete(item(alias) as CFDictionary)
        guard status == errSecSuccess || status == errSecItemNotFound else { throw KeyStoreError.Unavailable }
    }

    /// These keys are made without a count of uses: a vault is opened more often than a count allows.
    func limitedUse() -> Bool { false }

    /// The enclave signs nothing that is always the same, but it agrees on the same secret with the same public key: its own.
    private func key(_ blob: Data) throws -> SymmetricKey {
        guard SecureEnclave.isAvailable else { return SymmetricKey(data: blob) }
        do {
            let own = try SecureEnclave.P256.KeyAgreement.PrivateKey(dataRepresentation: blob)
            let shared = try own.sharedSecretFromKeyAgreement(with: own.publicKey)
            return shared.hkdfDerivedSymmetricKey(
                using: SHA256.self, salt: Data(), sharedInfo: Data("wayside key store".utf8), outputByteCount: 32)
        } catch {
            throw KeyStoreError.Unavailable
        }
    }

    private func enclaveBlob() throws -> Data {
        var error: Unmanaged<CFError>?
        let access = SecAccessControlCreateWithFlags(
            nil, kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly, .privateKeyUsage, &error)
        guard let access else { throw KeyStoreError.Unavailable }
        return try SecureEnclave.P256.KeyAgreement.PrivateKey(accessControl: access).dataRepresentation
    }

    private func load(_ alias: String) throws -> Data? {
        var query = item(alias)
        query[kSecReturnData] = true
        var found: CFTypeRef?
        switch SecItemCopyMatching(query as CFDictionary, &found) {
        case errSecSuccess: return found as? Data
        case errSecItemNotFound: return nil
        default: throw KeyStoreError.Unavailable
        }
    }

    private func item(_ alias: String) -> [CFString: Any] {
        [kSecClass: kSecClassGenericPassword, kSecAttrService: "org.wayside.keys", kSecAttrAccount: alias]
    }
}
