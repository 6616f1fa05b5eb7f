package dev.sdlora.pipeline;

import dev.sdlora.api.GenerationListener;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.lang.reflect.UndeclaredThrowableException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A proxy between a request and its listener. It records exceptions of the listener, can interrupt
 * the listener while it runs, and keeps these interrupts away from the work, because an interrupt
 * would close the files that the work reads.
 */
final class Callbacks implements InvocationHandler {
  private final GenerationListener listener;
  private @Nullable Thread inside;
  private boolean interrupting;
  private volatile @Nullable Throwable thrown;

  Callbacks(GenerationListener listener) {
    this.listener = listener;
  }

  /** Returns the proxied listener, which the work calls. */
  GenerationListener watched() {
    return (GenerationListener)
        Proxy.newProxyInstance(
            GenerationListener.class.getClassLoader(),
            new Class<?>[] {GenerationListener.class},
            this);
  }

  /**
   * Returns the listener's exception if a failure was caused by it. Checked exceptions that the
   * listener must not throw are unwrapped.
   */
  Optional<Throwable> thrownBehind(Throwable failure) {
    Throwable origin =
        failure instanceof UndeclaredThrowableException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : failure;
    return Optional.of(origin).filter(cause -> cause == thrown);
  }

  /** Interrupts the listener, now and in all later calls. */
  synchronized void interrupt() {
    interrupting = true;
    if (inside != null) {
      inside.interrupt();
    }
  }

  private synchronized void enter() {
    inside = Thread.currentThread();
    if (interrupting) {
      inside.interrupt();
    }
  }

  private synchronized void leave() {
    inside = null;
    Thread.interrupted();
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    enter();
    try {
      return method.invoke(listener, arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      thrown = cause;
      throw cause;
    } finally {
      leave();
    }
  }
}
