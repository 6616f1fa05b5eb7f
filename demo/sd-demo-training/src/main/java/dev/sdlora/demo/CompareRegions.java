package dev.sdlora.demo;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.demo.model.DemoModel;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Applies two LoRAs to one image, each to one half. Prints how much of each LoRA's effect appears
 * in its own half and in the other, and writes a sheet of images.
 *
 * <p>Arguments: the output folder, the number of scenes (default 32), the number of steps (default
 * 20).
 */
public final class CompareRegions {
  private static final int SCENES = 32;
  private static final int STEPS = 20;
  private static final int SHOWN = 4;
  private static final long SEED = 2026;

  /**
   * Pixels on both sides of the middle that are not measured: two standard deviations of the masks'
   * blur.
   */
  private static final int MARGIN = 16;

  /** Two of these are drawn, one in each half. */
  private static final List<String> THINGS =
      List.of("cats", "houses", "rockets", "frogs", "penguins", "foxes", "cars");

  private static final RegionMask LEFT = RegionMask.rectangle(0, 0, 0.5, 1);
  private static final RegionMask RIGHT = RegionMask.rectangle(0.5, 0, 1, 1);

  /** A LoRA and the measure that its weight changes. */
  private record Effect(String name, String measured, ToDoubleFunction<BufferedImage> measure) {
    double measure(BufferedImage picture) {
      return measure.applyAsDouble(picture);
    }
  }

  private static final Effect LINES =
      new Effect("ink_lines", "edge density", ImageMeasures::edgeDensity);
  private static final Effect DETAIL =
      new Effect("detail_slider", "high-frequency energy", ImageMeasures::highFrequency);
  private static final Effect DARK =
      new Effect("night", "mean luminance", ImageMeasures::luminance);

  private final Pipeline pipeline;
  private final int steps;
  private final List<String> prompts = new ArrayList<>();

  private CompareRegions(Pipeline pipeline, int scenes, int steps) {
    this.pipeline = pipeline;
    this.steps = steps;
    List<Colour> grounds = List.of(Colour.values());
    for (int i = 0; i < scenes; i++) {
      String ground = grounds.get(i % grounds.size()).word();
      prompts.add("two " + THINGS.get(i % THINGS.size()) + ", " + ground + " background");
    }
  }

  /** Runs the comparison. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args.length > 0 ? args[0] : "."));
    int scenes = args.length > 1 ? Integer.parseInt(args[1]) : SCENES;
    int steps = args.length > 2 ? Integer.parseInt(args[2]) : STEPS;
    try (Pipeline pipeline =
        Pipeline.builder()
            .precision(Precision.FLOAT32)
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .build()) {
      new CompareRegions(pipeline, scenes, steps).run(folder.resolve("regions.png"));
    }
  }

  private void run(Path png) {
    List<BufferedImage> none = draw();
    List<BufferedImage> detail = pair(none, LINES, DETAIL);
    List<BufferedImage> dark = pair(none, LINES, DARK);
    ContactSheet sheet =
        new ContactSheet(
            128,
            List.of(
                "no LoRA",
                "ink_lines",
                "detail_slider",
                "night",
                "lines | detail",
                "lines | night"));
    List<List<BufferedImage>> columns =
        List.of(
            none, draw(adapter(LINES)), draw(adapter(DETAIL)), draw(adapter(DARK)), detail, dark);
    for (int i = 0; i < Math.min(SHOWN, prompts.size()); i++) {
      int scene = i;
      sheet.row(
          ContactSheet.wrapped(prompts.get(i)),
          columns.stream().map(pictures -> pictures.get(scene)).toList());
    }
    sheet.write(png);
  }

  /** Measures one LoRA on the left and another on the right, alone and together. */
  private List<BufferedImage> pair(List<BufferedImage> none, Effect one, Effect other) {
    LoraAdapter left = adapter(one).withMask(LEFT);
    LoraAdapter right = adapter(other).withMask(RIGHT);
    List<BufferedImage> onlyLeft = draw(left);
    List<BufferedImage> onlyRight = draw(right);
    List<BufferedImage> both = draw(left, right);
    print(one, "alone, left", true, none, onlyLeft);
    print(one, "left of " + other.name(), true, onlyRight, both);
    print(other, "alone, right", false, none, onlyRight);
    print(other, "right of " + one.name(), false, onlyLeft, both);
    return both;
  }

  private LoraAdapter adapter(Effect lora) {
    return pipeline.loras().find(lora.name());
  }

  private List<BufferedImage> draw(LoraAdapter... loras) {
    List<BufferedImage> pictures = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      PromptSpec.Builder spec =
          PromptSpec.builder().prompt(prompts.get(i)).steps(steps).cfgScale(4).seed(SEED + i);
      for (LoraAdapter lora : loras) {
        spec.lora(lora);
      }
      pictures.add(pipeline.generate(spec.build()).first().toBufferedImage());
    }
    return pictures;
  }

  /** Prints how much a LoRA that is applied to one half changes its measure in both halves. */
  private void print(
      Effect lora,
      String where,
      boolean left,
      List<BufferedImage> without,
      List<BufferedImage> with) {
    double[] inside = changes(lora, left, without, with);
    double[] outside = changes(lora, !left, without, with);
    System.out.printf(
        Locale.ROOT,
        "%-14s %-24s %-22s in its half %.5f%+.5f (+-%.5f)  in the other %.5f%+.5f (+-%.5f), %.1f"
            + " %%%n",
        lora.name(),
        where,
        lora.measured(),
        mean(lora, without, left),
        mean(inside),
        deviationOfMean(inside),
        mean(lora, without, !left),
        mean(outside),
        deviationOfMean(outside),
        100 * Math.abs(mean(outside) / mean(inside)));
  }

  /** Returns the change in each scene. */
  private double[] changes(
      Effect lora, boolean left, List<BufferedImage> without, List<BufferedImage> with) {
    return IntStream.range(0, with.size())
        .mapToDouble(
            i -> lora.measure(half(with.get(i), left)) - lora.measure(half(without.get(i), left)))
        .toArray();
  }

  private double mean(Effect lora, List<BufferedImage> pictures, boolean left) {
    return mean(
        pictures.stream().mapToDouble(picture -> lora.measure(half(picture, left))).toArray());
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }

  /** Returns the standard error of the mean. */
  private static double deviationOfMean(double[] values) {
    double mean = mean(values);
    double squares = Arrays.stream(values).map(value -> (value - mean) * (value - mean)).sum();
    return Math.sqrt(squares / (values.length - 1) / values.length);
  }

  private static BufferedImage half(BufferedImage picture, boolean left) {
    int width = picture.getWidth() / 2 - MARGIN;
    return picture.getSubimage(
        left ? 0 : picture.getWidth() - width, 0, width, picture.getHeight());
  }
}
