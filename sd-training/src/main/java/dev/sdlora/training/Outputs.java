package dev.sdlora.training;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

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
    List<Double> sampleWeights,
    Optional<Path> lossPlot,
    Optional<Path> report) {

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

  /** The path of the LoRA with the lowest validation loss so far. */
  Path best() {
    return sibling("-best" + EXTENSION);
  }

  /** The path of the images of a prompt at several weights; prompts are numbered from 1. */
  Path sheet(int step, int prompt) {
    return sibling(at(step) + "-weights-" + prompt + ".png");
  }

  /** Whether each prompt is drawn at several weights, with a sheet of all. */
  boolean hasSheets() {
    return sampleWeights.size() > 1;
  }

  /** The number of images of a prompt, by its index. */
  int imagesOf(int prompt) {
    return hasSheets() ? sampleWeights.size() : samples.get(prompt).images();
  }

  /** The paths of all images of a step. */
  List<Path> samplesOf(int step) {
    List<Path> paths = new ArrayList<>();
    int images = IntStream.range(0, samples.size()).map(this::imagesOf).sum();
    for (int number = 1; number <= images; number++) {
      paths.add(sample(step, number));
    }
    for (int prompt = 1; hasSheets() && prompt <= samples.size(); prompt++) {
      paths.add(sheet(step, prompt));
    }
    return paths;
  }

  /** The folder of images for prior preservation. */
  Path priorFolder() {
    return sibling("-prior");
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
