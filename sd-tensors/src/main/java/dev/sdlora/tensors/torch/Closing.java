package dev.sdlora.tensors.torch;

import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Closes several resources, all of them even if one throws. Stateless. */
public final class Closing {
  private Closing() {}

  /** Closes one resource; throws no checked exception. */
  @FunctionalInterface
  public interface Step {
    /** Closes the resource. */
    void close();
  }

  /**
   * Runs all steps in order. Throws the first exception at the end, with later ones suppressed in
   * it.
   */
  public static void all(Step... steps) {
    all(List.of(steps), Step::close);
  }

  /** Closes the elements of a collection in order, like {@link #all(Step...)}. */
  public static <T> void all(Collection<T> things, Consumer<? super T> close) {
    Throwable first = null;
    for (T thing : things) {
      first = attempt(thing, close, first);
    }
    if (first instanceof RuntimeException e) {
      throw e;
    }
    if (first instanceof Error e) {
      throw e;
    }
  }

  private static <T> @Nullable Throwable attempt(
      T thing, Consumer<? super T> close, @Nullable Throwable first) {
    try {
      close.accept(thing);
      return first;
    } catch (RuntimeException | Error e) {
      if (first == null) {
        return e;
      }
      if (first != e) {
        first.addSuppressed(e);
      }
      return first;
    }
  }
}
