package dev.sdlora.training;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.tensors.file.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The outputs of a training run and their paths. An interval of 0 means never, an empty trigger
 * none.
 */
record Outputs(
    Path file,
    String name,
    String trigger,
    DType format,
    int saveEvery,
    boolean resume,
    List<PromptSpec> samples,
    int sampleEvery,
    Optional<Path> lossPlot) {

  static final String EXTENSION = ".safetensors";

  Path state() {
    return sibling(".training-state" + EXTENSION);
  }

  Path checkpoint(int step) {
    return sibling(at(step) + EXTENSION);
  }

  /** The path of an image of a step; images are numbered from 1. */
  Path sample(int step, int number) {
    return sibling(at(step) + "-" + number + ".png");
  }

  /** The path of the temporary LoRA that sample images of a step are generated with. */
  Path temporary(int step) {
    return file.resolveSibling("." + stem(file) + at(step) + "-sample" + EXTENSION);
  }

  private static String at(int step) {
    return String.format(Locale.ROOT, "-step%06d", step);
  }

  private Path sibling(String ending) {
    return file.resolveSibling(stem(file) + ending);
  }

  static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
  }
}
