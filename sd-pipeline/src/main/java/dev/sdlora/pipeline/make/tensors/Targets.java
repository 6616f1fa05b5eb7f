package dev.sdlora.pipeline.make.tensors;

import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Names and dtypes of files to write. */
public final class Targets {
  private static final String EXTENSION = ".safetensors";

  private Targets() {}

  /**
   * Checks the path of a file to write.
   *
   * @throws IllegalArgumentException if it does not end in {@code .safetensors} or is one of the
   *     source files
   */
  public static Path require(Path target, Collection<Path> sources) {
    if (!target.toString().endsWith(EXTENSION)) {
      throw new IllegalArgumentException("the file name must end in .safetensors: " + target);
    }
    return requireOther(target, sources);
  }

  /**
   * Checks the path of a file to write, with any extension.
   *
   * @throws IllegalArgumentException if it is one of the source files
   */
  public static Path requireOther(Path target, Collection<Path> sources) {
    try {
      for (Path source : sources) {
        if (Files.exists(target) && isOf(target, source)) {
          throw new IllegalArgumentException(
              "the output file is also an input, which would be overwritten: " + target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("'" + target + "' cannot be accessed", e);
    }
    return target;
  }

  /** Whether a file is a source checkpoint, or is in the folder of one. */
  private static boolean isOf(Path file, Path source) throws IOException {
    return Files.isSameFile(file, source)
        || (Files.isDirectory(source) && file.toRealPath().startsWith(source.toRealPath()));
  }

  /** Returns the requested dtype, or the smallest one that can hold the factors of the files. */
  public static DType format(Optional<NumberFormat> wanted, Collection<LoraFile> files) {
    return wanted.map(DType::of).orElseGet(() -> widest(files));
  }

  private static DType widest(Collection<LoraFile> files) {
    Set<DType> used = EnumSet.noneOf(DType.class);
    for (LoraFile file : files) {
      for (LoraModule module : file.modules()) {
        module.parts().entrySet().stream()
            .filter(part -> part.getKey() != Part.ALPHA && part.getKey() != Part.SCALE)
            .forEach(part -> used.add(part.getValue().dtype()));
      }
    }
    if (used.equals(EnumSet.of(DType.F16))) {
      return DType.F16;
    }
    return used.equals(EnumSet.of(DType.BF16)) ? DType.BF16 : DType.F32;
  }
}
