package dev.sdlora.pipeline.make;

import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.format.Part;
import dev.sdlora.tensors.file.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Set;

/** Files that are going to be written: their names and number formats. */
final class Targets {
  private static final String EXTENSION = ".safetensors";

  private Targets() {}

  /**
   * Checks where a file is to be written.
   *
   * @throws IllegalArgumentException if it does not end in {@code .safetensors} or is one of the
   *     files that are read
   */
  static Path require(Path target, Collection<Path> sources) {
    if (!target.toString().endsWith(EXTENSION)) {
      throw new IllegalArgumentException("the name must end in .safetensors: " + target);
    }
    try {
      for (Path source : sources) {
        if (Files.exists(target) && Files.isSameFile(target, source)) {
          throw new IllegalArgumentException(
              "the file to write is one of those to read, which would be lost: " + target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("'" + target + "' cannot be looked at", e);
    }
    return target;
  }

  /** Checks a number format for LoRA files. */
  static DType requireFormat(DType format) {
    if (format != DType.F16 && format != DType.BF16 && format != DType.F32) {
      throw new IllegalArgumentException("fileFormat must be F16, BF16 or F32: " + format);
    }
    return format;
  }

  /** The smallest number format that holds the factors of some files. */
  static DType widest(Collection<LoraFile> files) {
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
