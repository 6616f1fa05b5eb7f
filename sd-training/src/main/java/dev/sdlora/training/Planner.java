package dev.sdlora.training;

import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.value.Bytes;
import dev.sdlora.families.memory.DeviceMemory;
import dev.sdlora.tensors.torch.Engines;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.ThreadLimit;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.TrainingPlan.Bucket;
import dev.sdlora.training.adapter.AdapterParameters;
import dev.sdlora.training.data.Placement;
import dev.sdlora.training.family.ModelCallCost;
import dev.sdlora.training.family.StepEstimate;
import dev.sdlora.training.option.TrainingPrecision;
import dev.sdlora.training.recipe.Recipe;
import dev.sdlora.training.step.ProductSpeed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plans a training run from its settings and the headers of its files. */
record Planner(Settings settings) {
  /** Fewer images rarely teach a thing in all its views. */
  private static final int FEW_IMAGES = 5;

  /**
   * The share of the speed of large products that networks reach, whose other operations take time.
   */
  private static final double EFFICIENCY = 0.5;

  /** The time of a slider's pair in model calls, with the way from noise to its latent. */
  private static final double CALLS_OF_PAIR = 10;

  /** Plans the run; takes some tenths of a second to measure the speed of the machine. */
  TrainingPlan plan() {
    Recipe recipe = settings.recipe();
    int perStep = recipe.batchSize() * recipe.accumulation();
    List<Bucket> buckets = buckets();
    int perEpoch = settings.imagesInEpoch();
    StepEstimate estimate =
        StepEstimate.of(
            settings.family().model(), largest(buckets), recipe.computation(), recipe.batchSize());
    return new TrainingPlan(
        settings.trainedImages(),
        perEpoch,
        settings.heldOut().size(),
        settings.prior().imagesInEpoch(),
        buckets,
        recipe.steps(),
        perStep,
        perEpoch == 0 ? 0 : (double) recipe.steps() * perStep / perEpoch,
        estimate.bytes(),
        duration(buckets, estimate),
        files(),
        warnings(estimate));
  }

  private List<Bucket> buckets() {
    Map<ImageSize, Integer> counts = new LinkedHashMap<>();
    sizes().forEach(size -> counts.merge(size, 1, Integer::sum));
    return counts.entrySet().stream()
        .map(entry -> new Bucket(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparing(Bucket::images).reversed())
        .toList();
  }

  /**
   * The size of each image in training.
   *
   * @throws TrainingException if files are damaged or images are too small; it lists them
   */
  private List<ImageSize> sizes() {
    return ImageChecks.headers(settings.trained(), settings.recipe().imageBuckets()).stream()
        .map(Placement::size)
        .toList();
  }

  private ImageSize largest(List<Bucket> buckets) {
    return buckets.stream()
        .map(Bucket::size)
        .max(Comparator.comparing(size -> (long) size.width() * size.height()))
        .orElse(settings.recipe().size());
  }

  private Duration duration(List<Bucket> buckets, StepEstimate estimate) {
    Recipe recipe = settings.recipe();
    double perImage =
        buckets.stream()
            .mapToDouble(
                bucket ->
                    bucket.images() * ModelCallCost.of(settings.family().model(), bucket.size()))
            .sum();
    int images = buckets.stream().mapToInt(Bucket::images).sum();
    double call =
        images == 0
            ? ModelCallCost.of(settings.family().model(), recipe.size())
            : perImage / images;
    double calls = settings.slider().isPresent() ? CALLS_OF_PAIR : estimate.forwardCalls();
    double perStep = call * recipe.batchSize() * recipe.accumulation() * calls / EFFICIENCY;
    return Duration.ofMillis((long) (1000 * recipe.steps() * perStep / speed()));
  }

  private double speed() {
    ScalarType format =
        settings.recipe().computation().precision() == TrainingPrecision.FLOAT32
            ? ScalarType.FLOAT32
            : ScalarType.BFLOAT16;
    try (Torch torch = Torch.open(settings.family().device())) {
      double[] speed = new double[1];
      ThreadLimit.run(
          settings.family().model().size(), () -> speed[0] = ProductSpeed.measure(torch, format));
      return speed[0];
    }
  }

  private List<Path> files() {
    Outputs outputs = settings.outputs();
    List<Path> files = new ArrayList<>(List.of(outputs.file()));
    outputs.lossPlot().ifPresent(files::add);
    outputs.report().ifPresent(files::add);
    if (outputs.saveEvery() > 0) {
      files.add(outputs.state());
      for (int step : due(outputs.saveEvery(), settings.recipe().steps() - 1)) {
        files.add(outputs.checkpoint(step));
      }
    }
    if (outputs.sampleEvery() > 0 && settings.pipeline().isPresent()) {
      for (int step : due(outputs.sampleEvery(), settings.recipe().steps())) {
        files.addAll(outputs.samplesOf(step));
      }
    }
    return files;
  }

  private static List<Integer> due(int every, int last) {
    List<Integer> steps = new ArrayList<>();
    for (int step = every; step <= last; step += every) {
      steps.add(step);
    }
    return steps;
  }

  private List<String> warnings(StepEstimate estimate) {
    List<String> warnings = new ArrayList<>();
    int images = settings.trainedImages();
    if (images > 0 && images < FEW_IMAGES) {
      warnings.add("%s images are few; ten to thirty are usual".formatted(images));
    }
    String device = Engines.device(Optional.empty(), settings.family().device());
    long memory = new DeviceMemory(device).physical();
    if (estimate.bytes() > memory) {
      warnings.add(
          "the training needs about %s of memory, but %s has %s; use bfloat16, checkpointing, a smaller batch or a smaller size"
              .formatted(
                  Bytes.text((double) estimate.bytes()),
                  device.startsWith("gpu") ? "device '" + device + "'" : "the machine",
                  Bytes.text((double) memory)));
    }
    settings.recipe().rateWarning().ifPresent(warnings::add);
    Outputs outputs = settings.outputs();
    if (Files.exists(outputs.file())) {
      warnings.add("'%s' exists and will be replaced".formatted(outputs.file()));
    }
    if (Files.exists(outputs.state())) {
      warnings.add(
          outputs.resume()
              ? "the training resumes from '%s'".formatted(outputs.state())
              : "the state of a stopped training, '%s', exists and is ignored without resume"
                  .formatted(outputs.state()));
    }
    room(warnings);
    return warnings;
  }

  /** Warns if the LoRAs of all saves do not fit on the disk. */
  private void room(List<String> warnings) {
    Outputs outputs = settings.outputs();
    long weights =
        AdapterParameters.size(
            settings.family().modules(settings.adapter(), settings.recipe().clipSkip()),
            settings.adapter().options());
    long every = outputs.saveEvery();
    long saves = every > 0 ? 1 + settings.recipe().steps() / every : 1;
    // The state has the factors and two averages of their gradients in float32.
    long needed = weights * (saves * outputs.format().bytes() + 12L);
    long usable = RunFiles.usableSpace(outputs.file());
    if (needed > usable) {
      warnings.add(
          "the LoRAs and the state need about %s of disk, but only %s are free"
              .formatted(Bytes.text((double) needed), Bytes.text((double) usable)));
    }
  }
}
