package dev.sdlora.demo;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.LoraExtraction;
import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Shows why low rank is enough: trains all weights of the bundled model's U-Net, decomposes the
 * change into LoRAs of several ranks, and prints the fraction of the change that each keeps and how
 * similar its images are to those of the trained model. Writes {@code low-rank.png} and {@code
 * low-rank-sheet.png}; see docs/lora.md.
 *
 * <p>Arguments: the output folder, the number of steps (default 400), the number of prompts
 * (default 8), the largest rank (default 64).
 */
public final class ShowLowRank {
  private static final List<Integer> RANKS = List.of(1, 2, 4, 8, 16, 32, 64);
  private static final List<Integer> SHOWN = List.of(1, 4, 16);
  private static final int STEPS = 400;
  private static final int PROMPTS = 8;
  private static final int ROWS = 4;
  private static final double NOISE = 0.05;
  private static final long SEED = 2026;

  private final Path folder;
  private final List<Integer> ranks;
  private final List<PromptSpec> specs = new ArrayList<>();

  private ShowLowRank(Path folder, int prompts, int largestRank) {
    this.folder = folder;
    this.ranks = RANKS.stream().filter(rank -> rank <= largestRank).toList();
    SceneSource scenes = new SceneSource(SEED);
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < prompts; i++) {
      String prompt = Captions.of(scenes.heldOut(), random);
      specs.add(PromptSpec.builder().prompt(prompt).steps(20).cfgScale(4).seed(SEED + i).build());
    }
  }

  /** Trains, decomposes and draws. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args.length > 0 ? args[0] : "."));
    int steps = args.length > 1 ? Integer.parseInt(args[1]) : STEPS;
    int prompts = args.length > 2 ? Integer.parseInt(args[2]) : PROMPTS;
    int largestRank = args.length > 3 ? Integer.parseInt(args[3]) : RANKS.get(RANKS.size() - 1);
    Path tuned = folder.resolve("tuned.safetensors");
    Path noisy = folder.resolve("noisy.safetensors");
    FineTuning tuning = new FineTuning();
    tuning.write(steps, tuned);
    tuning.writeNoisy(NOISE, noisy);
    new ShowLowRank(folder, prompts, largestRank).show(tuned, noisy);
  }

  private void show(Path tuned, Path noisy) {
    List<CreatedLora> ofTuning = extract(tuned, "tuned");
    LinePlot plot =
        new LinePlot("Share of a change that remains at a rank", "rank, of at most 128", ranks);
    plot.line("fine-tuning", ofTuning.stream().map(CreatedLora::keptEnergy).toList());
    plot.line("noise", extract(noisy, "noisy").stream().map(CreatedLora::keptEnergy).toList());
    plot.write(folder.resolve("low-rank.png"));

    List<GeneratedImage> without = draw(DemoModel.checkpoint(), List.of());
    List<GeneratedImage> all = draw(tuned, List.of());
    System.out.printf(Locale.ROOT, "without: edges %.1f %%%n", 100 * edges(without));
    List<List<GeneratedImage>> shown = new ArrayList<>(List.of(without));
    for (CreatedLora made : ofTuning) {
      List<GeneratedImage> drawn =
          draw(DemoModel.checkpoint(), List.of(LoraAdapter.open(made.file())));
      System.out.printf(
          Locale.ROOT,
          "rank %2d: %.1f MB, %.1f %% of the change, images %.1f %% of the way away, edges %.1f %%%n",
          made.rank(),
          made.file().toFile().length() / 1e6,
          100 * made.keptEnergy(),
          100 * distance(drawn, all) / distance(without, all),
          100 * edges(drawn));
      if (SHOWN.contains(made.rank())) {
        shown.add(drawn);
      }
    }
    System.out.printf(Locale.ROOT, "all weights: edges %.1f %%%n", 100 * edges(all));
    shown.add(all);
    sheet(shown).write(folder.resolve("low-rank-sheet.png"));
  }

  private ContactSheet sheet(List<List<GeneratedImage>> columns) {
    List<String> titles = new ArrayList<>(List.of("without"));
    SHOWN.stream().filter(ranks::contains).forEach(rank -> titles.add("rank " + rank));
    titles.add("all weights");
    ContactSheet sheet = new ContactSheet(128, titles);
    for (int i = 0; i < Math.min(ROWS, specs.size()); i++) {
      int row = i;
      sheet.row(
          ContactSheet.wrapped(specs.get(i).prompt()),
          columns.stream().map(images -> images.get(row).toBufferedImage()).toList());
    }
    return sheet;
  }

  private List<CreatedLora> extract(Path changed, String name) {
    List<CreatedLora> made = new ArrayList<>();
    for (int rank : ranks) {
      made.add(
          LoraExtraction.between(DemoModel.checkpoint(), changed)
              .rank(rank)
              .convolutions(true)
              .exact(true)
              .write(folder.resolve(name + "-rank-" + rank + ".safetensors")));
    }
    return made;
  }

  private List<GeneratedImage> draw(Path checkpoint, List<LoraAdapter> loras) {
    try (Pipeline pipeline =
        Pipeline.builder()
            .precision(Precision.FLOAT32)
            .checkpoint(Checkpoint.open(checkpoint))
            .build()) {
      return specs.stream()
          .map(PromptSpec::toBuilder)
          .peek(spec -> loras.forEach(spec::lora))
          .map(spec -> pipeline.generate(spec.build()).first())
          .toList();
    }
  }

  /** Returns the root mean square difference over all pixels. */
  private static double distance(List<GeneratedImage> one, List<GeneratedImage> other) {
    double sum = 0;
    long values = 0;
    for (int i = 0; i < one.size(); i++) {
      byte[] a = one.get(i).rgb();
      byte[] b = other.get(i).rgb();
      for (int j = 0; j < a.length; j++) {
        double difference = (a[j] & 0xff) - (b[j] & 0xff);
        sum += difference * difference;
      }
      values += a.length;
    }
    return Math.sqrt(sum / values);
  }

  private static double edges(List<GeneratedImage> images) {
    return images.stream()
        .map(GeneratedImage::toBufferedImage)
        .mapToDouble(ImageMeasures::edgeDensity)
        .average()
        .orElseThrow();
  }
}
