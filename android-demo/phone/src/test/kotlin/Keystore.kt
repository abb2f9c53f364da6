package org.wayside.app

import android.security.keystore.KeyGenParameterSpec
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.SecureRandom
import java.security.Security
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.security.spec.KeySpec
import java.util.Date
import java.util.Enumeration
import java.util.Hashtable
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey
import javax.crypto.SecretKeyFactorySpi
import javax.crypto.spec.SecretKeySpec

/** Stands in for the provider of a phone, which the JVM does not have. Keys live in memory; of its hardware it says nothing. */
class Keystore : Provider("AndroidKeyStore", "1.0", "stand-in") {
    init {
        put("KeyStore.AndroidKeyStore", Store::class.java.name)
        put("KeyGenerator.HmacSHA256", Generator::class.java.name)
        put("SecretKeyFactory.HmacSHA256", Factory::class.java.name)
    }

    class Generator : KeyGeneratorSpi() {
        private var spec: KeyGenParameterSpec? = null

        override fun engineInit(random: SecureRandom?) = Unit

        override fun engineInit(size: Int, random: SecureRandom?) = Unit

        override fun engineInit(parameters: AlgorithmParameterSpec?, random: SecureRandom?) {
            spec = parameters as KeyGenParameterSpec
        }

        override fun engineGenerateKey(): SecretKey {
            val asked = checkNotNull(spec)
            // A phone without StrongBox says so.
            if (asked.isStrongBoxBacked) throw android.security.keystore.StrongBoxUnavailableException()
            return SecretKeySpec(ByteArray(32).also(SecureRandom()::nextBytes), "HmacSHA256").also { keys[asked.keystoreAlias] = it }
        }
    }

    class Factory : SecretKeyFactorySpi() {
        override fun engineGenerateSecret(spec: KeySpec?): SecretKey = throw UnsupportedOperationException()

        override fun engineGetKeySpec(key: SecretKey?, kind: Class<*>?): KeySpec = throw UnsupportedOperationException()

        override fun engineTranslateKey(key: SecretKey?): SecretKey = throw UnsupportedOperationException()
    }

    class Store : KeyStoreSpi() {
        override fun engineGetKey(alias: String, password: CharArray?): Key? = keys[alias]

        override fun engineContainsAlias(alias: String) = keys.containsKey(alias)

        override fun engineDeleteEntry(alias: String) {
            keys.remove(alias)
        }

        override fun engineAliases(): Enumeration<String> = keys.keys()

        override fun engineSize() = keys.size

        override fun engineIsKeyEntry(alias: String) = keys.containsKey(alias)

        override fun engineIsCertificateEntry(alias: String) = false

        override fun engineGetCertificateChain(alias: String): Array<Certificate>? = null

        override fun engineGetCertificate(alias: String): Certificate? = null

        override fun engineGetCreationDate(alias: String) = Date()

        override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<out Certificate>?) = Unit

        override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<out Certificate>?) = Unit

        override fun engineSetCertificateEntry(alias: String, certificate: Certificate) = Unit

        override fun engineGetCertificateAlias(certificate: Certificate): String? = null

        override fun engineStore(stream: OutputStream?, password: CharArray?) = Unit

        override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit
    }

    companion object {
        val keys = Hashtable<String, Key>()

        fun install() {
            if (Security.getProvider("AndroidKeyStore") == null) Security.insertProviderAt(Keystore(), 1)
        }
    }
}
