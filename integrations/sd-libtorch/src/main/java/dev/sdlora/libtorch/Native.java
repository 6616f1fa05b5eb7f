package dev.sdlora.libtorch;

import ai.djl.engine.EngineException;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;

/** Calls of libtorch, which free the temporary objects that they create. Stateless. */
@SuppressWarnings("try") // Opening a scope or a guard is what it is for.
final class Native {
  private Native() {}

  /**
   * Runs calls without recording gradients.
   *
   * @throws EngineException if libtorch throws, with its message
   */
  static <T> T call(Supplier<T> calls) {
    return call(false, calls);
  }

  /** Runs calls that record gradients. */
  static <T> T recording(Supplier<T> calls) {
    return call(true, calls);
  }

  private static <T> T call(boolean recorded, Supplier<T> calls) {
    try (PointerScope scope = new PointerScope();
        AutoGradMode mode = new AutoGradMode(recorded)) {
      return calls.get();
    } catch (EngineException | IllegalArgumentException | IllegalStateException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new EngineException(e.getMessage(), e);
    }
  }

  /** Returns a reference to a tensor that outlives the call, for an array to own. */
  static Tensor owned(Tensor tensor) {
    return kept(new Tensor(tensor));
  }

  /** Keeps an object that was created within a call; the caller closes it. */
  static <P extends Pointer> P kept(P created) {
    return created.retainReference();
  }
}
