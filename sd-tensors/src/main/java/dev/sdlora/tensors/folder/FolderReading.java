package dev.sdlora.tensors.folder;

import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.CurrentWork;
import dev.sdlora.tensors.io.Cancellation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads the files of a folder so that an unreadable file does not hide the others. */
public final class FolderReading {
  private FolderReading() {}

  /**
   * The reason why a file cannot be read.
   *
   * @param reason a sentence
   * @param lasts whether the problem persists as long as the file does not change; a missing
   *     permission, for example, can be granted without changing the file, and memory can become
   *     available
   * @param cause the exception
   */
  public record Problem(String reason, boolean lasts, Throwable cause) {}

  /**
   * Reads several files in parallel, because reading mostly waits for the disk.
   *
   * @param reader reads one file; called by other threads
   * @return the results, in the order of the files
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
   * Tries to read a file. Every failure counts as a problem of the file, even a bug in this library
   * or an {@link Error} such as {@link OutOfMemoryError}; only a cancelled request does not.
   *
   * @param failed returns a substitute for the file
   * @throws GenerationCancelledException as {@link Cancellation#check}
   */
  @SuppressWarnings("CatchingUnchecked") // Catches errors on purpose.
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
