package org.wayside.app

import android.os.Build
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyInfo
import android.security.keystore.KeyPermanentlyInvalidatedException
import android.security.keystore.KeyProperties
import android.security.keystore.StrongBoxUnavailableException
import java.security.KeyStore as JavaKeyStore
import javax.crypto.KeyGenerator
import javax.crypto.Mac
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactory
import org.wayside.core.HardwareLevel
import org.wayside.core.KeyStore
import org.wayside.core.KeyStoreException

private const val PROVIDER = "AndroidKeyStore"
private const val PROBE = "wayside-probe"

/**
 * HMAC keys in the phone's Keystore, in StrongBox where it has one. They are bound to no fingerprint: a finger added later
 * must not lose the vault.
 */
class KeystoreKeyStore : KeyStore {
    override fun level(): HardwareLevel = guarded {
        // What the phone says of a key it made, and not what it should be able to do.
        make(PROBE)
        val key = key(PROBE) ?: return@guarded HardwareLevel.NONE
        val info = SecretKeyFactory.getInstance(key.algorithm, PROVIDER).getKeySpec(key, KeyInfo::class.java) as KeyInfo
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
            when (info.securityLevel) {
                KeyProperties.SECURITY_LEVEL_STRONGBOX -> HardwareLevel.STRONG_BOX
                KeyProperties.SECURITY_LEVEL_TRUSTED_ENVIRONMENT, KeyProperties.SECURITY_LEVEL_UNKNOWN_SECURE -> HardwareLevel.TEE
                else -> HardwareLevel.SOFTWARE
            }
        } else {
            @Suppress("DEPRECATION") // What replaces it comes with Android 12.
            if (info.isInsideSecureHardware) HardwareLevel.TEE else HardwareLevel.SOFTWARE
        }
    }

    override fun create(alias: String) = guarded { make(alias) }

    override fun mac(alias: String, data: ByteArray): ByteArray = guarded {
        val key = key(alias) ?: throw KeyStoreException.Invalidated()
        Mac.getInstance(KeyProperties.KEY_ALGORITHM_HMAC_SHA256).run {
            init(key)
            doFinal(data)
        }
    }

    override fun delete(alias: String) = guarded { keys().deleteEntry(alias) }

    /** These keys are made without a count of uses: a vault is opened more often than a count allows. */
    override fun limitedUse(): Boolean = false

    private fun keys(): JavaKeyStore = JavaKeyStore.getInstance(PROVIDER).apply { load(null) }

    private fun key(alias: String): SecretKey? = keys().getKey(alias, null) as SecretKey?

    private fun make(alias: String) {
        if (keys().containsAlias(alias)) return
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.P) {
            try {
                return generate(alias) { setIsStrongBoxBacked(true) }
            } catch (_: StrongBoxUnavailableException) {
                // Most phones have none.
            }
        }
        generate(alias) {}
    }

    private fun generate(alias: String, wish: KeyGenParameterSpec.Builder.() -> Unit) {
        val spec = KeyGenParameterSpec.Builder(alias, KeyProperties.PURPOSE_SIGN).setKeySize(256).apply(wish).build()
        val generator = KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_HMAC_SHA256, PROVIDER)
        generator.init(spec)
        generator.generateKey()
    }

    /** Nothing but a declared word crosses to the core, and no `Error` vanishes on its way. */
    private fun <T> guarded(call: () -> T): T = try {
        call()
    } catch (e: KeyStoreException) {
        throw e
    } catch (_: KeyPermanentlyInvalidatedException) {
        throw KeyStoreException.Invalidated()
    } catch (_: Throwable) {
        throw KeyStoreException.Unavailable()
    }
}
