package org.wayside.app

import android.app.Activity
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.os.Bundle
import android.os.Looper
import android.view.SurfaceView
import android.view.View
import android.widget.Button
import androidx.work.Configuration
import androidx.work.testing.SynchronousExecutor
import androidx.work.testing.WorkManagerTestInitHelper
import java.time.Duration
import kotlin.test.assertNull
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.ExperimentalCoroutinesApi
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.cancel
import org.junit.After
import org.junit.Before
import org.junit.Rule
import org.junit.rules.TemporaryFolder
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadow.api.Shadow
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter.from
import org.wayside.app.model.Screen
import org.wayside.app.model.Step
import org.wayside.app.model.Sync
import org.wayside.core.Hq
import org.wayside.core.SECRET

typealias Controller = ActivityController<MainActivity>

/** The app in Android's own classes: the same screens and the real core, in the real window, with a relay and a desk. */
@RunWith(RobolectricTestRunner::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
@Config(
    sdk = [35], application = WaysideApplication::class, qualifiers = "w360dp-h700dp-xhdpi",
    shadows = [
        LibraryText::class, Cameras::class, Device::class, Session::class, Preview::class, Film::class, Exposure::class,
        Microphone::class, Pipe::class, Player::class,
    ],
)
abstract class InTheApp {
    @get:Rule
    val elsewhere = TemporaryFolder()
    val context: Context get() = RuntimeEnvironment.getApplication()
    val app get() = context as WaysideApplication
    private val opened = mutableListOf<ActivityController<*>>()
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main.immediate)

    @Before
    fun prepare() {
        Keystore.install()
        val configuration = Configuration.Builder().setExecutor(SynchronousExecutor()).build()
        WorkManagerTestInitHelper.initializeTestWorkManager(context, configuration)
        Camera.reset()
        Microphone.reset()
        Player.reset()
        Stick.reset(elsewhere.root)
        Robolectric.setupContentProvider(Stick::class.java, Stick.AUTHORITY)
    }

    /** What Compose still wants to do is done here: what the main looper would lose with the test it would wait for in the next. */
    @After
    fun leave() {
        scope.cancel()
        opened.forEach { runCatching { it.pause().stop().destroy() } }
        shadowOf(Looper.getMainLooper()).idleFor(Duration.ofSeconds(1))
    }

    fun open(saved: Bundle? = null): Pair<Controller, Window> {
        val controller = Robolectric.buildActivity(MainActivity::class.java)
        opened += controller
        if (saved == null) controller.setup() else controller.create(saved).start().resume().visible()
        return controller to Window(controller.get())
    }

    /** In the thread of the windows, as the app's own calls are. */
    fun <T> begin(call: suspend () -> T): Deferred<T> = scope.async { call() }.also { idle() }

    @OptIn(ExperimentalCoroutinesApi::class)
    fun <T> ended(of: Deferred<T>): T {
        until("the end of it") { of.takeIf { it.isCompleted } }
        return of.getCompleted()
    }

    /**
     * The system's answer to what the window asked for with another one, which stood before it meanwhile. Newer systems give
     * it once the window has started again, Android 9 to 11 before.
     */
    fun Controller.chose(answer: Intent?, code: Int = Activity.RESULT_OK, early: Boolean = false) {
        val asked = shadowOf(get()).nextStartedActivityForResult.intent
        pause().stop()
        settle()
        if (!early) restart().start()
        shadowOf(get()).receiveResult(asked, code, answer)
        settle()
        if (early) restart().start()
        resume()
        idle()
    }

    /** A person's answer to the system's question, in its own window; what was asked for is given back. */
    fun Controller.answers(vararg granted: String): Set<String> {
        val asked = shadowOf(get()).nextStartedActivityForResult
        check(asked.intent.action == PackageManager.ACTION_REQUEST_PERMISSIONS) { "asked for something else" }
        val names = asked.intent.getStringArrayExtra(PackageManager.EXTRA_REQUEST_PERMISSIONS_NAMES)!!
        val answers = names.map { if (it in granted) PackageManager.PERMISSION_GRANTED else PackageManager.PERMISSION_DENIED }
        shadowOf(app).grantPermissions(*granted)
        val answer = Intent().putExtra(PackageManager.EXTRA_REQUEST_PERMISSIONS_NAMES, names)
            .putExtra(PackageManager.EXTRA_REQUEST_PERMISSIONS_RESULTS, answers.toIntArray())
        ReflectionHelpers.callInstanceMethod<Any>(
            Activity::class.java, get(), "dispatchActivityResult", from(String::class.java, "@android:requestPermissions:"),
            from(Int::class.java, asked.requestCode), from(Int::class.java, Activity.RESULT_OK), from(Intent::class.java, answer),
            from(String::class.java, ""),
        )
        idle()
        return names.toSet()
    }

    /** What happens in the camera's window, as the system has it: the one below stops, and is back before the other one is gone. */
    fun Controller.inCamera(wait: Boolean = true, use: (CameraWindow) -> Unit) {
        val camera = Robolectric.buildActivity(CameraWindow::class.java, shadowOf(get()).nextStartedActivity)
        pause()
        camera.setup()
        stop()
        settle()
        find<SurfaceView>(camera.get().window.decorView)?.appear()
        if (wait) idle()
        use(camera.get())
        camera.pause()
        // What is ready to be done with the picture is done by now, with the window not back yet.
        if (wait) settle()
        restart().start().resume()
        camera.stop().destroy()
        idle()
    }

    /** Until what the app began in threads of its own is done, so that nothing seems in order by chance. */
    private fun settle() {
        idle()
        until("nothing under way") { Unit.takeIf { !app.shell.state.value.busy } }
    }

    fun SurfaceView.appear() = (Shadow.extract<Preview>(this)).appear()

    fun SurfaceView.vanish() = (Shadow.extract<Preview>(this)).vanish()

    fun takePhoto(camera: CameraWindow) {
        find<Button>(camera.window.decorView)!!.performClick()
        idle()
    }

    inline fun <reified T : View> find(root: View): T? = views(root).filterIsInstance<T>().firstOrNull()

    fun idle() = shadowOf(Looper.getMainLooper()).idle()

    inline fun <reified T : Screen> shown(what: String): T = until(what) { app.shell.state.value.takeIf { !it.busy }?.screen as? T }

    fun Window.enrol() {
        type("record", Hq.enrolmentRecord())
        unlock()
    }

    fun Window.unlock() {
        type("secret", SECRET)
        tap("open")
        shown<Screen.Forms>("the forms")
    }

    fun Window.makeReady() {
        tap("queue")
        Hq.confirm(shown<Screen.Queue>("the queue").device.device)
        sync()
        tap("back")
        await("form-wayside-b2")
    }

    fun Window.sync() {
        tap("sync")
        val ended = until("the end of the sync") { (app.shell.state.value.screen as? Screen.Queue)?.sync as? Sync.Ended }
        assertNull(ended.obstacle)
    }

    fun asked() = (step() as? Step.Questions)?.questions.orEmpty().map { it.reference }

    fun step() = (app.shell.state.value.screen as? Screen.Asking)?.view?.step

    fun Window.openGates() {
        repeat(2) { number -> until("gate $number") { (step() as? Step.Look) }; tap("yes") }
        repeat(8) { number ->
            until("urgent question $number") { (step() as? Step.Urgent)?.takeIf { it.number == number + 1 } }
            tap("urgent-absent")
        }
        tap("age-between")
        type("low", "30")
        type("high", "40")
        tap("next")
        tap("understood")
        tap("next")
        repeat(3) { number -> until("consent $number") { step() as? Step.Consent }; tap("yes") }
        until("the first question") { step() as? Step.Questions }
    }

    /** Behind the gates, with a yes to the first question. */
    fun Window.begin() {
        tap("form-wayside-b2")
        openGates()
        tap("${asked().first()}=yes")
    }
}
