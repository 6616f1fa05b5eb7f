package dev.sdlora.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The entry point for Jazzer: {@code --target_class=dev.sdlora.fuzz.Fuzz --target_args=NAME}.
 * Figures are appended to the file that the property {@code sdlora.fuzz.figures} names.
 */
public final class Fuzz {
  private static final AtomicReference<Trial> TRIAL = new AtomicReference<>();

  private Fuzz() {}

  /** Selects the target by name. */
  public static void fuzzerInitialize(String[] args) {
    TRIAL.set(new Trial(FuzzTargets.named(args[0])));
  }

  /** Reads one input. */
  public static void fuzzerTestOneInput(byte[] input) {
    TRIAL.get().run(input);
  }

  /** Writes the figures. */
  public static void fuzzerTearDown() throws IOException {
    String file = System.getProperty("sdlora.fuzz.figures");
    if (file != null) {
      Files.writeString(
          Path.of(file),
          TRIAL.get().figures().row(),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    }
  }
}
