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
 * Stands between a request and its listener: knows what the listener has thrown, can interrupt it
 * while it runs, and lets none of its interrupts reach the work, whose files an interrupt would
 * close.
 */
final class Callbacks implements InvocationHandler {
  private final GenerationListener listener;
  private @Nullable Thread inside;
  private boolean interrupting;
  private volatile @Nullable Throwable thrown;

  Callbacks(GenerationListener listener) {
    this.listener = listener;
  }

  /** The listener as the work calls it. */
  GenerationListener watched() {
    return (GenerationListener)
        Proxy.newProxyInstance(
            GenerationListener.class.getClassLoader(),
            new Class<?>[] {GenerationListener.class},
            this);
  }

  /** What the listener threw, if this comes from it; what it may not throw comes wrapped. */
  Optional<Throwable> thrownBehind(Throwable failure) {
    Throwable origin =
        failure instanceof UndeclaredThrowableException wrapped && wrapped.getCause() != null
            ? wrapped.getCause()
            : failure;
    return Optional.of(origin).filter(cause -> cause == thrown);
  }

  /** Interrupts the listener, now and whenever it is called from here on. */
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
