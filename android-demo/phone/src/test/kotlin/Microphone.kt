package org.wayside.app

import android.media.MediaRecorder
import android.os.ParcelFileDescriptor
import java.io.File
import java.io.FileDescriptor
import java.io.FileOutputStream
import java.io.IOException
import java.io.RandomAccessFile
import kotlin.io.path.createTempDirectory
import org.robolectric.annotation.Implementation
import org.robolectric.annotation.Implements
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowMediaRecorder
import org.robolectric.shadows.ShadowParcelFileDescriptor
import org.robolectric.util.ReflectionHelpers

/** Stands in for the microphone and the system's recorder: what is heard goes where the app said, while it records. */
@Implements(MediaRecorder::class)
class Microphone : ShadowMediaRecorder() {
    private var to: FileDescriptor? = null
    private var heard = false

    /** Whether the app still holds its end of the pipe. */
    val isOpen get() = to?.valid() == true

    @Implementation
    public override fun setOutputFile(descriptor: FileDescriptor) {
        super.setOutputFile(descriptor)
        to = descriptor
        last = this
    }

    @Implementation
    public override fun start() {
        if (busy) throw IllegalStateException()
        super.start()
    }

    /** As the system does when nothing was heard. */
    @Implementation
    public override fun stop() {
        super.stop()
        if (!heard) throw RuntimeException()
    }

    fun hears(bytes: ByteArray) {
        FileOutputStream(checkNotNull(to)).write(bytes)
        heard = true
    }

    companion object {
        /** Somebody else has it: a call, or another app. */
        var busy = false

        /** The one that records or did so last. */
        var last: Microphone? = null

        fun reset() {
            busy = false
            last = null
        }
    }
}

/** A pipe as the system makes it, and not a file in its place: what is written waits for its reader and lies nowhere. */
@Implements(ParcelFileDescriptor::class)
class Pipe : ShadowParcelFileDescriptor() {
    companion object {
        @Implementation(methodName = "createPipe")
        @JvmStatic
        fun make(): Array<ParcelFileDescriptor> {
            val name = File(createTempDirectory("pipe").toFile(), "pipe")
            if (ProcessBuilder("mkfifo", name.path).start().waitFor() != 0) throw IOException("no pipe")
            // The end that is written to first: the other one would wait for it.
            val to = RandomAccessFile(name, "rw")
            val from = RandomAccessFile(name, "r")
            name.parentFile?.deleteRecursively()
            return arrayOf(end(from), end(to))
        }

        private fun end(of: RandomAccessFile) = ParcelFileDescriptor(FileDescriptor()).also {
            ReflectionHelpers.setField(ShadowParcelFileDescriptor::class.java, Shadow.extract(it), "file", of)
        }
    }
}
