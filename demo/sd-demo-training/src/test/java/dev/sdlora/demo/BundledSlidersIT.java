package dev.sdlora.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.demo.model.DemoModel;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The bundled sliders at weights from -2 to 2, by the mean of their measure over 24 prompts. The
 * images are written to {@code target}.
 */
final class BundledSlidersIT {
  private static final double[] WEIGHTS = {-2, -1, 0, 1, 2};

  /** None of them has a thing that a slider was trained on. */
  private static final List<String> PROMPTS =
      List.of(
          "a pizza",
          "a teapot",
          "a butterfly",
          "a bicycle on a blue background",
          "a hat on a red background",
          "a ball on a white background",
          "a lion",
          "a bear on a green background",
          "a train",
          "a ship on a pink background",
          "a camera",
          "a bell on a purple background",
          "a lemon on a blue background",
          "a strawberry",
          "a snail on a pink background",
          "a turtle",
          "a penguin on a yellow background",
          "an owl",
          "a rose on a white background",
          "a cactus on an orange background",
          "a book on a green background",
          "a pumpkin",
          "a trumpet on a blue background",
          "a tent");

  private static Pipeline pipeline;

  @BeforeAll
  static void open() {
    pipeline =
        Pipeline.builder()
            .precision(Precision.FLOAT32)
            .checkpoint(Checkpoint.open(DemoModel.checkpoint()))
            .loraDirectory(DemoModel.loras())
            .build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  @Test
  void sizeSlider_greaterWeights_thingsCoverMore() {
    assertThat(means("size_slider", ImageMeasures::covered)).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void detailSlider_greaterWeights_moreHighFrequencies() {
    assertThat(means("detail_slider", ImageMeasures::highFrequency))
        .isSorted()
        .doesNotHaveDuplicates();
  }

  private static List<Double> means(String name, ToDoubleFunction<BufferedImage> measure) {
    LoraAdapter slider = pipeline.loras().find(name);
    List<String> columns = new ArrayList<>();
    List<Double> means = new ArrayList<>();
    List<List<BufferedImage>> rows = new ArrayList<>();
    PROMPTS.forEach(prompt -> rows.add(new ArrayList<>()));
    for (double weight : WEIGHTS) {
      double sum = 0;
      for (int i = 0; i < PROMPTS.size(); i++) {
        BufferedImage image = drawn(PROMPTS.get(i), i, slider.withStrength(weight));
        rows.get(i).add(image);
        sum += measure.applyAsDouble(image);
      }
      means.add(sum / PROMPTS.size());
      columns.add(String.format(Locale.ROOT, "%s: %.5f", weight, sum / PROMPTS.size()));
    }
    ContactSheet sheet = new ContactSheet(128, columns);
    for (int i = 0; i < PROMPTS.size(); i++) {
      sheet.row(ContactSheet.wrapped(PROMPTS.get(i)), rows.get(i));
    }
    sheet.write(Path.of("target", name + ".png"));
    return means;
  }

  private static BufferedImage drawn(String prompt, long seed, LoraAdapter slider) {
    PromptSpec spec =
        PromptSpec.builder().prompt(prompt).steps(10).cfgScale(4).seed(seed).lora(slider).build();
    return pipeline.generate(spec).first().toBufferedImage();
  }
}
