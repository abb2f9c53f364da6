package org.wayside.app

import android.Manifest
import android.content.Context
import android.location.Location
import android.location.LocationManager
import android.os.Looper
import android.os.SystemClock
import java.time.Duration
import java.util.Locale
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue
import org.junit.Test
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config

/** Where the phone is: from its own satellites alone, and never waited for by what was given up. */
class PositionTest : InTheApp() {
    private val places get() = context.getSystemService(Context.LOCATION_SERVICE) as LocationManager
    private val held = Locale.getDefault()

    private fun ready() = open().first.also {
        shadowOf(app).grantPermissions(Manifest.permission.ACCESS_FINE_LOCATION)
        shadowOf(places).setProviderEnabled(LocationManager.GPS_PROVIDER, true)
    }

    private fun here(latitude: Double = 13.4967) = Location(LocationManager.GPS_PROVIDER).apply {
        this.latitude = latitude
        longitude = -39.5
        altitude = 2084.04
        accuracy = 5.25f
        time = System.currentTimeMillis()
        elapsedRealtimeNanos = SystemClock.elapsedRealtimeNanos()
    }

    /** Points and not commas, also on a phone whose language writes them otherwise. */
    @Test
    fun itIsTakenFreshAndWrittenAsFormsHoldIt() {
        ready()
        Locale.setDefault(Locale.FRANCE)
        try {
            val asked = begin { app.host.senses.position() }
            assertFalse(asked.isCompleted, "it is waited for")
            shadowOf(places).simulateLocation(here())
            assertEquals("13.496700 -39.500000 2084.0 5.3", ended(asked))
        } finally {
            Locale.setDefault(held)
        }
    }

    @Test
    fun noSatelliteIsNoPlace() {
        ready()
        val asked = begin { app.host.senses.position() }
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMinutes(2))
        assertNull(ended(asked))
    }

    /** A network would be told that somebody asked, and knows a town and not a house. */
    @Test
    fun withoutSatellitesNoNetworkIsAsked() {
        ready()
        shadowOf(places).setProviderEnabled(LocationManager.GPS_PROVIDER, false)
        shadowOf(places).setProviderEnabled(LocationManager.NETWORK_PROVIDER, true)
        val asked = begin { app.host.senses.position() }
        assertTrue(asked.isCompleted, "nothing is waited for")
        assertNull(ended(asked))
    }

    @Test
    fun whoGivesItUpIsNotWaitedFor() {
        ready()
        val asked = begin { app.host.senses.position() }
        assertTrue(shadowOf(places).getLocationRequests(LocationManager.GPS_PROVIDER).isNotEmpty(), "the satellites are listened to")
        asked.cancel()
        idle()
        assertEquals(emptyList(), shadowOf(places).getLocationRequests(LocationManager.GPS_PROVIDER))
        shadowOf(places).simulateLocation(here())
        assertTrue(asked.isCancelled)
    }

    @Test
    fun itIsAskedForAndARefusalIsNothing() {
        val controller = ready()
        shadowOf(app).denyPermissions(Manifest.permission.ACCESS_FINE_LOCATION)
        val refused = begin { app.host.senses.position() }
        controller.answers()
        assertNull(ended(refused))
    }

    /** Newer systems hear no app that asks for the exact place alone, and a person may give the rough one instead. */
    @Test
    fun theRoughPlaceIsAskedForBesideAndIsNotEnough() {
        val controller = ready()
        shadowOf(app).denyPermissions(Manifest.permission.ACCESS_FINE_LOCATION)
        val asked = begin { app.host.senses.position() }
        val exact = Manifest.permission.ACCESS_FINE_LOCATION
        val rough = Manifest.permission.ACCESS_COARSE_LOCATION
        assertEquals(setOf(exact, rough), controller.answers(rough))
        assertNull(ended(asked))
    }

    /** One that is there already: these phones give a fresh one to an app that asks in more words. */
    @Test
    @Config(sdk = [26])
    fun theOldestPhonesGiveTheLastOneTheyHad() {
        ready()
        assertNull(ended(begin { app.host.senses.position() }))
        shadowOf(places).simulateLocation(here(latitude = 2.5))
        assertEquals("2.500000 -39.500000 2084.0 5.3", ended(begin { app.host.senses.position() }))
    }
}
