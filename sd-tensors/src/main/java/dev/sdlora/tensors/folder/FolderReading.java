package dev.sdlora.tensors.folder;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.CurrentWork;
import dev.sdlora.tensors.file.Cancellation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads the files of a folder so that one which cannot be read hides none of the others. */
public final class FolderReading {
  private FolderReading() {}

  /**
   * Why a file cannot be read.
   *
   * @param reason a sentence
   * @param lasts whether it is the same as long as the file does not change; a missing permission,
   *     say, is granted without a change of the file, and memory comes and goes
   * @param cause what was thrown
   */
  public record Problem(String reason, boolean lasts, Throwable cause) {}

  /**
   * Reads several files at the same time, because that is mostly waiting for the disk.
   *
   * @param reader reads one of them; called by other threads
   * @return what it gave, in the order of the files
   * @throws GenerationCancelledException as {@link Cancellation#check}
   */
  public static <T> List<T> read(List<Path> files, Function<Path, T> reader) {
    BooleanSupplier cancelled = CurrentWork.cancelled();
    return files.parallelStream()
        .map(
            file ->
                CurrentWork.until(
                    cancelled,
                    () -> {
                      Cancellation.check();
                      return reader.apply(file);
                    }))
        .toList();
  }

  /**
   * Tries to read a file. Whatever goes wrong with it is a reason not to use it, also a fault of
   * this library and an {@link Error} such as {@link OutOfMemoryError}; only a request that was
   * cancelled is no fault of the file.
   *
   * @param failed gives what stands for the file then
   * @throws GenerationCancelledException as {@link Cancellation#check}
   */
  @SuppressWarnings("CatchingUnchecked") // Errors are caught on purpose.
  public static <T> T attempt(Supplier<T> reading, Function<Problem, T> failed) {
    try {
      return reading.get();
    } catch (GenerationCancelledException e) {
      throw e;
    } catch (StableDiffusionException e) {
      boolean lasts = !(e.getCause() instanceof IOException);
      return failed.apply(new Problem(String.valueOf(e.getMessage()), lasts, e));
    } catch (RuntimeException e) {
      return failed.apply(new Problem("unexpected " + e, true, e));
    } catch (StackOverflowError e) {
      return failed.apply(new Problem("it is nested too deeply to be read", true, e));
    } catch (OutOfMemoryError e) {
      return failed.apply(new Problem("there is not enough memory to read it", false, e));
    } catch (LinkageError e) {
      return failed.apply(new Problem("unexpected " + e, false, e));
    }
  }
}
