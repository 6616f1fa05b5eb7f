package dev.sdlora.pipeline.wildcard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.DynamicPrompts;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptOptions;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Style;
import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.pipeline.Fixtures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests prompts that are generated from templates for each image. */
class DynamicPromptsTest {
  private static final String TEMPLATE = "a {red|green|blue|black} __animals/*__";
  private static final PromptSpec SPEC =
      PromptSpec.builder()
          .prompt(TEMPLATE)
          .negativePrompt("{ugly|bad}")
          .size(64, 64)
          .steps(2)
          .seed(5)
          .images(3)
          .build();

  private static Pipeline pipeline;

  @TempDir private Path folder;

  @BeforeAll
  static void open() {
    pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(Fixtures.LORAS)
            .build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  @BeforeEach
  void writeWildcards() throws IOException {
    Files.createDirectories(folder.resolve("animals"));
    Files.writeString(
        folder.resolve("animals/tame.txt"), "\ufeff# these bite seldom\ncat\r\n\r\n dog \n");
    Files.writeString(folder.resolve("animals/wild.txt"), "{young|old} fox\n");
  }

  private PromptSpec dynamic(PromptSpec spec) {
    return spec.toBuilder()
        .promptOptions(spec.promptOptions().withDynamicPrompts(DynamicPrompts.of(folder)))
        .build();
  }

  @Test
  void generate_batch_drawsForEachPictureAndSaysWhat() {
    List<Integer> told = new ArrayList<>();
    List<Integer> ends = new ArrayList<>();
    GenerationResult result =
        pipeline.generate(
            dynamic(SPEC),
            new GenerationListener() {
              @Override
              public void imageStart(int index, long seed) {
                told.add(index);
                assertThat(seed).isEqualTo(5 + index);
              }

              @Override
              public void generationEnd(GenerationResult whole) {
                ends.add(whole.images().size());
              }
            });

    assertThat(told).containsExactly(0, 1, 2);
    assertThat(ends).containsExactly(3);
    List<PromptSpec> read =
        result.images().stream()
            .map(GeneratedImage::infotext)
            .map(PromptSpec::fromInfotext)
            .toList();
    assertThat(read).extracting(PromptSpec::prompt).doesNotHaveDuplicates();
    for (int i = 0; i < 3; i++) {
      PromptSpec drawn = read.get(i);
      assertThat(drawn.prompt()).matches("a (red|green|blue|black) (cat|dog|young fox|old fox)");
      assertThat(drawn.prompt()).isEqualTo(DynamicPrompts.of(folder).draw(TEMPLATE, 5 + i));
      assertThat(drawn.negativePrompt()).isIn("ugly", "bad");
      assertThat(drawn.otherParameters())
          .containsEntry("Template", TEMPLATE)
          .containsEntry("Negative Template", "{ugly|bad}");
      // Both the infotext and the template with the image's seed reproduce the image.
      byte[] rgb = result.images().get(i).rgb();
      assertThat(pipeline.generate(drawn).first().rgb()).isEqualTo(rgb);
      PromptSpec alone = dynamic(SPEC.toBuilder().seed(5 + i).images(1).build());
      assertThat(pipeline.generate(alone).first().rgb()).isEqualTo(rgb);
    }
  }

  @Test
  void generate_drawnTags_actAndAreReported() {
    PromptSpec spec =
        SPEC.toBuilder().prompt("a cat{<lora:tiny_lora:0.8>|}").negativePrompt("").build();
    GenerationResult result = pipeline.generate(dynamic(spec));

    List<byte[]> plain =
        pipeline.generate(spec.toBuilder().prompt("a cat").build()).images().stream()
            .map(GeneratedImage::rgb)
            .toList();
    List<byte[]> with =
        pipeline
            .generate(spec.toBuilder().prompt("a cat<lora:tiny_lora:0.8>").build())
            .images()
            .stream()
            .map(GeneratedImage::rgb)
            .toList();
    List<Boolean> drawn =
        result.images().stream().map(image -> image.infotext().startsWith("a cat<lora")).toList();
    assertThat(drawn).contains(true, false);
    IntStream.range(0, 3)
        .forEach(
            i ->
                assertThat(result.images().get(i).rgb())
                    .isEqualTo((drawn.get(i) ? with : plain).get(i)));
    assertThat(result.loras()).extracting(LoraReport::name).containsExactly("tiny_lora");
  }

  @Test
  void generate_stylesAndHires_areDrawnWithThePicture() {
    Style style = new Style("s", "{prompt}, {oil|ink}", "");
    PromptSpec spec =
        dynamic(
            SPEC.toBuilder()
                .images(1)
                .promptOptions(PromptOptions.DEFAULTS.withStyles(List.of(style)))
                .hiresFix(
                    HiresFix.builder()
                        .upscaler(Upscaler.LATENT)
                        .scale(1.5)
                        .denoisingStrength(0.5)
                        .prompt("{red|green|blue|black} fur")
                        .build())
                .build());
    GeneratedImage image = pipeline.generate(spec).first();

    PromptSpec read = PromptSpec.fromInfotext(image.infotext());
    assertThat(read.prompt()).matches("a \\w+ [\\w ]+, (oil|ink)");
    assertThat(read.hiresFix().orElseThrow().prompt().orElseThrow()).matches("\\w+ fur, (oil|ink)");
    assertThat(pipeline.generate(read).first().rgb()).isEqualTo(image.rgb());
  }

  @Test
  void generate_withoutTheOption_bracesAreText() {
    PromptSpec spec = SPEC.toBuilder().images(1).build();
    String parameters = pipeline.generate(spec).first().infotext();

    assertThat(parameters).startsWith(TEMPLATE + "\nNegative prompt: {ugly|bad}\n");
    assertThat(parameters).doesNotContain("Template");
    PromptSpec plain = SPEC.toBuilder().prompt("a cat").negativePrompt("").build();
    List<GeneratedImage> expected = pipeline.generate(plain).images();
    List<GeneratedImage> drawn = pipeline.generate(dynamic(plain)).images();
    assertThat(drawn).extracting(GeneratedImage::rgb).containsExactlyElementsOf(rgb(expected));
    assertThat(drawn)
        .extracting(GeneratedImage::infotext)
        .containsExactlyElementsOf(expected.stream().map(GeneratedImage::infotext).toList());
  }

  private static List<byte[]> rgb(List<GeneratedImage> images) {
    return images.stream().map(GeneratedImage::rgb).toList();
  }

  @Test
  void draw_nameWithAsterisk_reachesSubfolders() throws IOException {
    Files.createDirectories(folder.resolve("more/animals"));
    Files.writeString(folder.resolve("more/animals/sea.txt"), "whale");
    Files.writeString(folder.resolve("odd[1].txt"), "odd");
    DynamicPrompts dynamic = DynamicPrompts.of(folder);

    assertThat(
            IntStream.range(0, 100)
                .mapToObj(seed -> dynamic.draw("__animals*__", seed))
                .distinct()
                .toList())
        .containsExactlyInAnyOrder("cat", "dog", "young fox", "old fox", "whale");
    assertThat(dynamic.draw("__odd[1]__", 1)).isEqualTo("odd");
  }

  @Test
  void generate_missingWildcard_namesWhatIsNear() {
    PromptSpec spec = dynamic(SPEC.toBuilder().prompt("a __animal/tame__").build());
    assertThatThrownBy(() -> pipeline.generate(spec))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessageContaining("the wildcard 'animal/tame' is not in ")
        .hasMessageEndingWith("; did you mean 'animals/tame'?");
    PromptSpec noFolder =
        SPEC.toBuilder()
            .promptOptions(PromptOptions.DEFAULTS.withDynamicPrompts(DynamicPrompts.of()))
            .build();
    assertThatThrownBy(() -> pipeline.generate(noFolder))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessage(
            "the prompt names the wildcard 'animals/*', but there is no wildcard directory");
    PromptSpec outside = dynamic(SPEC.toBuilder().prompt("__../secret__").build());
    assertThatThrownBy(() -> pipeline.generate(outside)).isInstanceOf(PromptSyntaxException.class);
    PromptSpec gone =
        SPEC.toBuilder()
            .promptOptions(
                PromptOptions.DEFAULTS.withDynamicPrompts(
                    DynamicPrompts.of(folder.resolve("gone"))))
            .build();
    assertThatThrownBy(() -> pipeline.generate(gone))
        .isInstanceOf(PromptSyntaxException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void fromParameters_ofTheExtension_leavesTemplatesOutOfThePrompts() {
    String text =
        """
        a red cat
        Negative prompt: ugly
        Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x512
        Template: a {red|blue},
        cat, b: c
        Negative Template: {ugly|bad}\
        """;
    PromptSpec read = PromptSpec.fromInfotext(text);

    assertThat(read.prompt()).isEqualTo("a red cat");
    assertThat(read.negativePrompt()).isEqualTo("ugly");
    assertThat(read.seed()).hasValue(5);
    assertThat(read.otherParameters())
        .containsEntry("Template", "a {red|blue},\ncat, b: c")
        .containsEntry("Negative Template", "{ugly|bad}");
    // A line of a prompt may begin with this word.
    String prompt = "x\nTemplate: y\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5";
    assertThat(PromptSpec.fromInfotext(prompt).prompt()).isEqualTo("x\nTemplate: y");
  }
}
