package dev.sdlora.training;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.tensors.file.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a training writes and where. An interval of 0 stands for never, an empty trigger for none.
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
    return beside(".training-state" + EXTENSION);
  }

  Path checkpoint(int step) {
    return beside(at(step) + EXTENSION);
  }

  /** One image of a step, counted from 1. */
  Path sample(int step, int number) {
    return beside(at(step) + "-" + number + ".png");
  }

  /** Where the LoRA of a step lies while images are made with it. */
  Path temporary(int step) {
    return file.resolveSibling("." + stem(file) + at(step) + "-sample" + EXTENSION);
  }

  private static String at(int step) {
    return String.format(Locale.ROOT, "-step%06d", step);
  }

  private Path beside(String ending) {
    return file.resolveSibling(stem(file) + ending);
  }

  static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(EXTENSION) ? name.substring(0, name.length() - EXTENSION.length()) : name;
  }
}
