package dev.sdlora.demo.emoji;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.ContactSheet;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Evaluates the LoRAs of a checkpoint: prints each one's effect by weight, whether weight 0 gives
 * the same bytes as no LoRA, the effect of two at once, and the effect of the concept without its
 * word; writes a sheet of images.
 *
 * <p>Arguments: the checkpoint, the folder of LoRAs (missing ones are skipped), the output folder,
 * and a folder for downloaded packages.
 */
public final class EvaluateEmojiLoras {
  private static final int SCENES = 8;
  private static final int ROWS = 2;

  private final LoraEffects effects;
  private final List<EmojiLora> loras;

  private EvaluateEmojiLoras(LoraEffects effects, List<EmojiLora> loras) {
    this.effects = effects;
    this.loras = List.copyOf(loras);
  }

  /** Evaluates LoRAs. */
  public static void main(String[] args) throws IOException {
    if (args.length != 4) {
      System.err.println("usage: EvaluateEmojiLoras CHECKPOINT LORAS FOLDER CACHE");
      System.exit(2);
    }
    Path folder = Path.of(args[1]);
    List<EmojiLora> loras =
        Arrays.stream(EmojiLora.values())
            .filter(lora -> Files.exists(folder.resolve(lora.file() + ".safetensors")))
            .toList();
    Path out = Files.createDirectories(Path.of(args[2]));
    LoraImages pictures = LoraImages.read(Path.of(args[3]));
    try (Pipeline pipeline =
        Pipeline.builder()
            .precision(Precision.FLOAT32)
            .checkpoint(Checkpoint.open(Path.of(args[0])))
            .loraDirectory(folder)
            .build()) {
      Artist model = (scene, prompt, weights, seed) -> draw(pipeline, prompt, weights, seed);
      new EvaluateEmojiLoras(new LoraEffects(pictures, model, SCENES), loras).print();
      new EvaluateEmojiLoras(new LoraEffects(pictures, model, ROWS), loras)
          .sheet(out.resolve("loras.png"));
    }
  }

  private static BufferedImage draw(
      Pipeline pipeline, String prompt, Map<EmojiLora, Double> weights, long seed) {
    PromptSpec.Builder spec = PromptSpec.builder().prompt(prompt).steps(20).cfgScale(4).seed(seed);
    weights.forEach(
        (lora, weight) -> spec.lora(pipeline.loras().find(lora.file()).withStrength(weight)));
    return pipeline.generate(spec.build()).first().toBufferedImage();
  }

  private void print() {
    for (EmojiLora lora : loras) {
      System.out.println(effects.of(lora).line());
    }
    List<EmojiLora> two = List.of(EmojiLora.NOTO, EmojiLora.DETAIL);
    if (loras.containsAll(two)) {
      System.out.println("two at once:");
      together("neither", two, List.of());
      two.forEach(lora -> together(lora.file(), two, List.of(lora)));
      together("both", two, two);
    }
    if (loras.contains(EmojiLora.ZORP)) {
      System.out.printf(
          Locale.ROOT,
          "other things' likeness to the figure: without its LoRA %.3f, with it %.3f%n",
          effects.figureWithoutItsWord(0),
          effects.figureWithoutItsWord(1));
    }
  }

  private void together(String name, List<EmojiLora> measured, List<EmojiLora> present) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "  %-14s", name));
    effects
        .together(measured, present)
        .forEach(
            (lora, mean) ->
                line.append(String.format(Locale.ROOT, "  %s %.5f", lora.measured(), mean)));
    System.out.println(line);
  }

  /** Writes a sheet with prompts and LoRAs in rows and weights in columns. */
  private void sheet(Path png) {
    List<String> columns = LoraEffects.WEIGHTS.stream().map(weight -> "weight " + weight).toList();
    ContactSheet sheet = new ContactSheet(AutoencoderStage.SIDE, columns);
    for (EmojiLora lora : loras) {
      for (int row = 0; row < ROWS; row++) {
        String label = lora.file() + "\n" + ContactSheet.wrapped(effects.prompt(lora, row));
        sheet.row(label, effects.row(lora, row));
      }
    }
    sheet.write(png);
  }
}
