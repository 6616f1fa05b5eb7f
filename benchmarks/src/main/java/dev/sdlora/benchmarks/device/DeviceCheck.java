package dev.sdlora.benchmarks.device;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.DeviceInfo;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.benchmarks.WriteFullSizeCheckpoint;
import dev.sdlora.benchmarks.model.FlowCheckpoint;
import dev.sdlora.benchmarks.model.FlowConfig;
import dev.sdlora.benchmarks.model.FlowModels;
import dev.sdlora.benchmarks.model.ModelConfig;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.pipeline.speed.ProductRate;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.training.LoraTrainer;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingResult;
import dev.sdlora.training.TrainingSet;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Checks a device and prints one table: images of small models of every family on it and on the
 * processor, LoRAs, a training, a refusal, and speed. With {@code full}, also models of full size
 * with random weights, which it writes to a folder (50 GB).
 */
public final class DeviceCheck {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final int SIDE = 128;
  private static final int TRAINING_STEPS = 20;
  private static final PromptSpec SMALL =
      PromptSpec.builder().prompt("a red star").size(SIDE, SIDE).steps(4).seed(1).build();

  /** Pixels between the sides of the images that are asked for until one does not fit. */
  private static final int SIDE_STEP = 1024;

  private final Path folder;
  private final String device;

  private DeviceCheck(Path folder, String device) {
    this.folder = folder;
    this.device = device;
  }

  /** A computation with a sentence as its result. */
  private interface Check {
    String run() throws IOException;
  }

  /** Runs the program: {@code FOLDER [DEVICE] [full]}, by default on the best device. */
  public static void main(String[] args) throws IOException {
    if (args.length == 0) {
      throw new IllegalArgumentException("expected FOLDER [DEVICE] [full]");
    }
    List<String> words = Arrays.asList(args).subList(1, args.length);
    String device = words.stream().filter(word -> !word.equals("full")).findFirst().orElse("auto");
    DeviceInfo info = DeviceInfo.of(device);
    DeviceCheck check = new DeviceCheck(Files.createDirectories(Path.of(args[0])), info.device());
    OUT.println("| check | result |");
    OUT.println("|---|---|");
    row("device", () -> info.device() + ", " + info.processor());
    row("engine", info::engine);
    row("system", () -> System.getProperty("os.name") + ", Java " + Runtime.version());
    row(
        "memory",
        () -> gigabytes(info.totalBytes()) + ", free " + gigabytes(info.availableBytes()));
    check.products();
    for (Map.Entry<String, Path> model : check.smallModels().entrySet()) {
      row(model.getKey(), () -> check.likeProcessor(model.getValue()));
    }
    row("weights in INT8", check::integers);
    row("LoRA, bundled model", check::lora);
    row("LoRA training, bundled model", check::training);
    row("request that does not fit", check::tooLarge);
    if (words.contains("full")) {
      check.fullSize();
    }
  }

  private static void row(String name, Check check) {
    String result;
    try {
      result = check.run();
    } catch (IOException | RuntimeException | LinkageError e) {
      result = "**FAILED**: " + String.valueOf(e.getMessage()).lines().findFirst().orElse("?");
    }
    OUT.println("| " + name + " | " + result.replace("|", "\\|") + " |");
  }

  private void products() {
    for (ScalarType type : ScalarType.values()) {
      if (type == ScalarType.FLOAT16 && device.equals("cpu")) {
        continue;
      }
      row(
          "product of matrices, %s, side 4096".formatted(type.name().toLowerCase(Locale.ROOT)),
          () -> {
            try (Torch torch = Torch.open(device)) {
              return tenths(ProductRate.of(torch, ProductRate.SIDE, type) / 1e12) + " TFLOP/s";
            }
          });
    }
  }

  private Map<String, Path> smallModels() throws IOException {
    Map<String, Path> models = new LinkedHashMap<>();
    models.put("SD 1.5 (bundled model)", DemoModel.checkpoint());
    for (FlowConfig config :
        List.of(
            FlowModels.TINY_FLUX2,
            FlowModels.TINY_Z_IMAGE,
            FlowModels.TINY_FLUX1,
            FlowModels.TINY_CHROMA,
            FlowModels.TINY_SD3)) {
      models.put(
          config.family().label() + ", tiny",
          FlowCheckpoint.write(config, 1, folder.resolve("tiny-" + config.family()), path -> {}));
    }
    return models;
  }

  private String likeProcessor(Path model) {
    byte[] expected = draw(model, "cpu", Precision.FLOAT32);
    long start = System.nanoTime();
    byte[] found = draw(model, device, Precision.FLOAT32);
    double seconds = (System.nanoTime() - start) / 1e9;
    byte[] automatic = draw(model, device, Precision.AUTO);
    return String.format(
        Locale.ROOT,
        "float32 differs from the processor by at most %s, %s by at most %s; opened and drawn in %.1f s",
        difference(expected, found),
        DeviceInfo.of(device).automatic(),
        difference(expected, automatic),
        seconds);
  }

  private static byte[] draw(Path model, String place, Precision precision) {
    try (Pipeline pipeline = builder(model, place).precision(precision).build()) {
      return rgb(pipeline, SMALL);
    }
  }

  private static Pipeline.Builder builder(Path model, String place) {
    return Pipeline.builder().checkpoint(Checkpoint.open(model)).device(place);
  }

  private static byte[] rgb(Pipeline pipeline, PromptSpec spec) {
    return pipeline.generate(spec).first().image().rgb();
  }

  /** Describes the difference of two images. */
  private static String difference(byte[] one, byte[] other) {
    int most = 0;
    long sum = 0;
    for (int i = 0; i < one.length; i++) {
      int difference = Math.abs((one[i] & 0xff) - (other[i] & 0xff));
      most = Math.max(most, difference);
      sum += difference;
    }
    return String.format(
        Locale.ROOT, "%s of 255 grey levels (%.2f on average)", most, (double) sum / one.length);
  }

  private String integers() {
    try (Pipeline plain = builder(DemoModel.checkpoint(), device).build();
        Pipeline integers =
            builder(DemoModel.checkpoint(), device).weights(WeightFormat.INT8).build()) {
      return "differs from weights as stored by at most %s"
          .formatted(difference(rgb(plain, SMALL), rgb(integers, SMALL)));
    }
  }

  private String lora() {
    try (Pipeline pipeline =
        builder(DemoModel.checkpoint(), device).loraDirectory(DemoModel.loras()).build()) {
      byte[] before = rgb(pipeline, SMALL);
      long start = System.nanoTime();
      byte[] changed = rgb(pipeline, SMALL.toBuilder().prompt("a red star <lora:zorp:1>").build());
      double seconds = (System.nanoTime() - start) / 1e9;
      boolean restored = Arrays.equals(before, rgb(pipeline, SMALL));
      return String.format(
          Locale.ROOT,
          "changes the image by up to %s, applied and drawn in %.2f s, %s",
          difference(before, changed),
          seconds,
          restored ? "removed without a trace" : "**NOT removed without a trace**");
    }
  }

  private String training() {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    LoraTrainer trainer =
        LoraTrainer.builder()
            .checkpoint(DemoModel.checkpoint())
            .trainingSet(TrainingSet.of(List.of(TrainingExample.of(image, "a black square"))))
            .size(new ImageSize(SIDE, SIDE))
            .steps(TRAINING_STEPS)
            .device(device)
            .output(folder.resolve("trained.safetensors"))
            .build();
    long start = System.nanoTime();
    TrainingResult result = trainer.train();
    return String.format(
        Locale.ROOT,
        "%s steps in %.1f s, loss %.3f at first and %.3f at last",
        result.steps(),
        (System.nanoTime() - start) / 1e9,
        result.firstLoss(),
        result.lastLoss());
  }

  private String tooLarge() {
    try (Pipeline pipeline = builder(DemoModel.checkpoint(), device).build()) {
      byte[] before = rgb(pipeline, SMALL);
      PromptSpec large = smallestRefused(pipeline);
      String refusal = "drawn";
      try {
        rgb(pipeline, large);
      } catch (StableDiffusionException e) {
        refusal = "refused: " + e.getMessage();
      }
      return refusal
          + (Arrays.equals(before, rgb(pipeline, SMALL)) ? "" : "; **the next image differs**");
    }
  }

  /** Returns a request for the smallest image that does not fit in memory or in the heap. */
  private static PromptSpec smallestRefused(Pipeline pipeline) {
    for (int side = SIDE_STEP; ; side += SIDE_STEP) {
      PromptSpec spec = SMALL.toBuilder().size(side, side).steps(1).build();
      try {
        pipeline.check(spec);
      } catch (StableDiffusionException e) {
        return spec;
      }
    }
  }

  private void fullSize() {
    row("SD 1.5, 512², 20 steps", () -> speed(unet(ModelConfig.SD15, "sd15"), 512, 20));
    row("SDXL, 1024², 20 steps", () -> speed(unet(ModelConfig.SDXL, "sdxl"), 1024, 20));
    row("FLUX.2 klein, 1024², 4 steps", () -> speed(flow(FlowModels.KLEIN), 1024, 4));
    row("Z-Image, 1024², 8 steps", () -> speed(flow(FlowModels.Z_IMAGE), 1024, 8));
  }

  private Path unet(ModelConfig config, String name) {
    Path file = folder.resolve(name + ".safetensors");
    if (!Files.exists(file)) {
      WriteFullSizeCheckpoint.write(config, 1, file, done -> {});
    }
    return file;
  }

  private Path flow(FlowConfig config) throws IOException {
    return FlowCheckpoint.write(config, 1, folder.resolve("models"), path -> {});
  }

  /** The second image counts: the first compiles kernels. */
  private String speed(Path model, int side, int steps) {
    PromptSpec spec = SMALL.toBuilder().size(side, side).steps(steps).build();
    long start = System.nanoTime();
    try (Pipeline pipeline = builder(model, device).build()) {
      rgb(pipeline, spec);
      double first = (System.nanoTime() - start) / 1e9;
      start = System.nanoTime();
      rgb(pipeline, spec);
      return String.format(
          Locale.ROOT,
          "%.2f s an image in %s, opened and first image %.1f s, free memory while open %s",
          (System.nanoTime() - start) / 1e9,
          DeviceInfo.of(device).automatic(),
          first,
          gigabytes(DeviceInfo.of(device).availableBytes()));
    }
  }

  private static String tenths(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String gigabytes(long bytes) {
    return tenths(bytes / 1e9) + " GB";
  }
}
