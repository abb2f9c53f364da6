package org.wayside.app

import com.google.zxing.BarcodeFormat
import com.google.zxing.EncodeHintType
import com.google.zxing.qrcode.QRCodeWriter
import com.google.zxing.qrcode.decoder.ErrorCorrectionLevel
import java.io.IOException
import java.net.Inet4Address
import java.net.InetAddress
import java.net.NetworkInterface
import org.wayside.app.model.Door
import org.wayside.app.model.Nearby
import org.wayside.app.model.Squares
import org.wayside.core.CarryRequest
import org.wayside.core.Transport
import org.wayside.core.WireResponse

/** The Wi-Fi that this phone is in, or the hotspot that it gives; never the mobile network, through which strangers come. */
class LocalNetwork(
    private val address: () -> InetAddress? = { pick(found()) },
    private val isNear: (InetAddress) -> Boolean = ::isLocal,
) : Nearby {
    override fun open(answer: (CarryRequest) -> WireResponse): Door =
        NearbyDoor(address() ?: throw IOException("no local network"), isNear, answer = answer)

    override fun transport(): Transport = NearbyTransport(isNear)

    override fun picture(text: String): Squares {
        val hints = mapOf(EncodeHintType.ERROR_CORRECTION to ErrorCorrectionLevel.M, EncodeHintType.MARGIN to 0)
        val code = QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, 0, 0, hints)
        return Squares(code.width, BooleanArray(code.width * code.height) { code[it % code.width, it / code.width] })
    }

    companion object {
        /** Interfaces by what systems call them, a hotspot before a Wi-Fi: it is on because somebody wants it now. */
        private val KINDS = listOf("ap", "softap", "swlan", "wlan", "p2p", "rndis", "eth", "en", "wl")

        private fun found(): List<Pair<String, InetAddress>> = NetworkInterface.getNetworkInterfaces().asSequence()
            .filter { it.isUp && !it.isLoopback && !it.isPointToPoint }
            .flatMap { one -> one.inetAddresses.asSequence().map { one.name to it } }.toList()

        /** What others of the network reach. An interface of a name that is not known counts as the mobile network. */
        internal fun pick(found: List<Pair<String, InetAddress>>): InetAddress? = found
            .filter { (name, address) -> address is Inet4Address && isLocal(address) && kind(name) in KINDS }
            // Phones that are in a Wi-Fi and give a hotspot call the hotspot the later of the two.
            .sortedWith(compareBy<Pair<String, InetAddress>> { KINDS.indexOf(kind(it.first)) }.thenByDescending { it.first })
            .firstOrNull()?.second

        /** What it is called without its number; a hotspot on two bands at once is called after both of them. */
        private fun kind(name: String): String = when {
            name.startsWith("p2p") -> "p2p"
            name.startsWith("ap_br_") -> "ap"
            else -> name.takeWhile { !it.isDigit() }
        }

        internal fun isLocal(address: InetAddress) = address.isSiteLocalAddress || address.isLinkLocalAddress
    }
}
