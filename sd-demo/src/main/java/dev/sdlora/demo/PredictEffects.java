package dev.sdlora.demo;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraFit;
import dev.sdlora.api.LoraFit.Distance;
import dev.sdlora.api.Picture;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.LoraExtraction;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorEntry;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * A LoRA that was extracted from one fine-tuned model is used on others: what effect a {@link
 * LoraFit} predicts, and what effect pictures show. The models are the bundled one with its LoRAs
 * baked in, and, as the worst case of a model of another upbringing, with random numbers added to
 * its U-Net.
 *
 * <p>Arguments: the folder to write to, then the number of scenes, 6 unless given, then that of
 * steps, 10 unless given, then that of models, all unless given.
 */
public final class PredictEffects {
  private static final int SCENES = 6;
  private static final int STEPS = 10;
  private static final int RANK = 8;
  private static final long SEED = 2026;
  private static final String UNET = "model.diffusion_model.";

  /** A fine-tuned model: the bundled one with a LoRA, or with random numbers if there is none. */
  private record Variant(String name, double strength) {
    @Override
    public String toString() {
      return name + " " + strength;
    }
  }

  private static final String DARK = "night";
  private static final String RANDOM = "random";
  private static final List<Variant> VARIANTS =
      List.of(
          new Variant("zorp", 1),
          new Variant(RANDOM, 0.1),
          new Variant("zorp", 2),
          new Variant("ink_lines", 1),
          new Variant("ink_lines", 2),
          new Variant("detail_slider", 1),
          new Variant(DARK, 0.5),
          new Variant(DARK, 1),
          new Variant(RANDOM, 0.2),
          new Variant(RANDOM, 0.3),
          new Variant(RANDOM, 0.4));

  private final Path folder;
  private final int scenes;
  private final int steps;
  private final List<Variant> variants;

  private PredictEffects(Path folder, int scenes, int steps, List<Variant> variants) {
    this.folder = folder;
    this.scenes = scenes;
    this.steps = steps;
    this.variants = List.copyOf(variants);
  }

  /** Predicts and measures. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args.length > 0 ? args[0] : "."));
    int scenes = args.length > 1 ? Integer.parseInt(args[1]) : SCENES;
    int steps = args.length > 2 ? Integer.parseInt(args[2]) : STEPS;
    int models = args.length > 3 ? Integer.parseInt(args[3]) : VARIANTS.size();
    new PredictEffects(folder, scenes, steps, VARIANTS.subList(0, models)).run();
  }

  private void run() throws IOException {
    Path base = folder.resolve("ground.safetensors");
    Files.write(base, Files.readAllBytes(DemoModel.checkpoint()));
    Path tuned = baked(base, DARK, 1, "tuned.safetensors");
    Path file = folder.resolve("extracted.safetensors");
    LoraExtraction.between(base, tuned).rank(RANK).convolutions(true).write(file);
    LoraAdapter extracted = LoraAdapter.open(file);
    double own = effect(base, extracted);
    System.out.printf(Locale.ROOT, "on its own base the light changes by %.3f%n", own);
    System.out.println("checkpoint         distance  contained  predicted  measured");
    for (Variant variant : variants) {
      Path model = made(base, variant);
      LoraFit fit = extracted.fitOn(Checkpoint.open(model), List.of(folder));
      Distance distance = fit.distance().orElseThrow();
      System.out.printf(
          Locale.ROOT,
          "%-18s %6.1f %%  %7.0f %%  %7.0f %%  %6.0f %%%n",
          variant,
          100 * distance.relative(),
          100 * distance.contained(),
          100 * distance.expectedEffect(),
          100 * effect(model, extracted) / own);
      if (variant.equals(variants.get(0))) {
        System.out.println("  " + fit.verdict());
        Picture.of(fit.chart().orElseThrow()).savePng(folder.resolve("fit.png"));
      }
    }
  }

  private Path made(Path base, Variant variant) {
    String name = variant.name + "-" + variant.strength + ".safetensors";
    return variant.name.equals(RANDOM)
        ? disturbed(base, variant.strength, folder.resolve(name))
        : baked(base, variant.name, variant.strength, name);
  }

  private Path baked(Path base, String lora, double strength, String name) {
    Path model = folder.resolve(name);
    LoraAdapter adapter = LoraAdapter.open(DemoModel.loras().resolve(lora + ".safetensors"));
    LoraBaking.into(base, List.of(adapter.withStrength(strength))).write(model);
    return model;
  }

  /** Adds to each matrix and kernel of the U-Net random numbers of a share of its own norm. */
  private static Path disturbed(Path base, double share, Path model) {
    TensorFile file = TensorFile.open(base);
    SafetensorsWriter writer = new SafetensorsWriter();
    Random random = new Random(SEED);
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        float[] values = reader.floats(entry);
        if (entry.name().startsWith(UNET) && entry.shape().size() > 1) {
          double squares = 0;
          for (float value : values) {
            squares += (double) value * value;
          }
          double deviation = share * Math.sqrt(squares / values.length);
          for (int i = 0; i < values.length; i++) {
            values[i] += (float) (deviation * random.nextGaussian());
          }
        }
        writer.tensor(entry.name(), entry.shape(), values, DType.F16);
      }
    }
    writer.write(model);
    return model;
  }

  /** How much darker pictures of a model are with the LoRA. */
  private double effect(Path model, LoraAdapter lora) {
    SceneSource source = new SceneSource(SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    double change = 0;
    try (Pipeline pipeline =
        Pipeline.builder()
            .precision(Precision.FLOAT32)
            .checkpoint(Checkpoint.open(model))
            .build()) {
      for (int i = 0; i < scenes; i++) {
        PromptSpec plain =
            PromptSpec.builder()
                .prompt(Captions.of(source.training(), random))
                .steps(steps)
                .cfgScale(4)
                .seed(SEED + i)
                .build();
        change +=
            measured(pipeline, plain.toBuilder().lora(lora).build()) - measured(pipeline, plain);
      }
    }
    return change / scenes;
  }

  private static double measured(Pipeline pipeline, PromptSpec spec) {
    return PictureMeasures.luminance(pipeline.generate(spec).first().toBufferedImage());
  }
}
