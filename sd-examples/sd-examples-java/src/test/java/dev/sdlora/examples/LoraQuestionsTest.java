package dev.sdlora.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Recovery;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.grid.Axis;
import dev.sdlora.api.grid.VariationGrid;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.lora.LoraConflicts;
import dev.sdlora.api.lora.LoraFit;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.demo.model.DemoModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The questions that people ask about LoRAs, in their words: the situation that they are in, and
 * the answer that the library gives. docs/lora.md has them in the same order.
 */
@Tag("slow")
class LoraQuestionsTest {
  private static final String STAR = "a yellow star on a blue background";

  /** A user's folder with two of the bundled LoRAs and notes next to them. */
  @TempDir static Path folder;

  private static Pipeline pipeline;
  private static Checkpoint checkpoint;

  @BeforeAll
  static void open() throws IOException {
    for (String name : List.of("ink_lines", "zorp")) {
      Files.copy(
          DemoModel.loras().resolve(name + ".safetensors"), folder.resolve(name + ".safetensors"));
    }
    Files.writeString(
        folder.resolve("zorp.json"),
        "{\"activation text\": \"zorp\", \"preferred weight\": 0.7, \"negative text\": \"star\"}");
    Files.writeString(
        folder.resolve("zorp.civitai.info"), "{\"trainedWords\": [\"zorp\", \"crescent moon\"]}");
    checkpoint = Checkpoint.open(DemoModel.checkpoint());
    pipeline =
        Pipeline.builder()
            .checkpoint(checkpoint)
            .loraDirectory(folder)
            .precision(Precision.FLOAT32)
            .build();
  }

  @AfterAll
  static void close() {
    pipeline.close();
  }

  private static PromptSpec.Builder spec(String prompt) {
    return PromptSpec.builder().prompt(prompt).size(128, 128).steps(2).cfgScale(4).seed(1);
  }

  private static GenerationResult draw(String prompt) {
    return pipeline.generate(spec(prompt).build());
  }

  @Test
  @DisplayName("It stopped working and I don't know why.")
  void stoppedWorking() {
    assertThatThrownBy(() -> draw(STAR + " <lora:ink_line:0.8>"))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("ink_line")
        .hasMessageContaining("'ink_lines'");
    assertThat(draw(STAR + " < lora:ink_lines:0.8>").warnings())
        .anySatisfy(warning -> assertThat(warning).contains("<lora:ink_lines:0.8>"));
    assertThat(draw(STAR + " <lora:zorp:0.8>").warnings())
        .anySatisfy(warning -> assertThat(warning).contains("triggered by 'zorp'"));
    assertThat(draw("a zorp on a blue background <lora:zorp:0.8>").warnings()).isEmpty();
  }

  @Test
  @DisplayName("Must I use it with the model it was trained with?")
  void trainedWith(@TempDir Path models) {
    LoraAdapter ink = pipeline.loras().find("ink_lines");
    Path other = models.resolve("dark.safetensors");
    LoraBaking.into(
            checkpoint.path(),
            List.of(LoraAdapter.open(DemoModel.loras().resolve("night.safetensors"))))
        .write(other);

    LoraFit own = ink.fitOn(checkpoint);
    LoraFit foreign = ink.fitOn(Checkpoint.open(other));

    assertThat(own.isApplicable()).isTrue();
    assertThat(foreign.isApplicable()).isTrue();
    assertThat(foreign.verdict()).isNotEqualTo(own.verdict());
    assertThat(checkpoint.distanceTo(Checkpoint.open(other)).relative()).isBetween(0.001, 1.0);
  }

  @Test
  @DisplayName("What is in it?")
  void whatIsInIt() {
    LoraAdapter zorp = pipeline.loras().find("zorp");

    assertThat(zorp.family()).isEqualTo(ModelFamily.SD1);
    assertThat(zorp.rank()).isEqualTo(8);
    assertThat(zorp.details().modules()).hasSize(zorp.modules());
    assertThat(zorp.triggerWords()).extracting(TriggerWord::text).contains("zorp");
    assertThat(zorp.autoV2()).hasSize(10);
    assertThat(zorp.effectOn(checkpoint).changesAnything()).isTrue();
  }

  @Test
  @DisplayName("How do I get only one of its styles?")
  void oneOfItsStyles() {
    assertThat(draw(STAR + " <lora:zorp>").warnings())
        .anySatisfy(warning -> assertThat(warning).contains("other styles", "'crescent moon'"));
    assertThat(draw("a crescent moon <lora:zorp>").warnings()).isEmpty();
    assertThat(pipeline.loras().find("zorp").tag()).isEqualTo("<lora:zorp:0.7> zorp");
    GeneratedImage advised =
        pipeline.generate(spec(STAR + " <lora:zorp>").addTriggerWords(true).build()).first();
    assertThat(advised.infotext()).startsWith(STAR + " <lora:zorp:0.7>").contains("zorp");
  }

  @Test
  @DisplayName("Where can I find this LoRA?")
  void whereToFind(@TempDir Path empty) {
    Path png = empty.resolve("old.png");
    draw(STAR + " <lora:ink_lines:0.8>").first().save(png);

    Recovery recovery =
        Recovery.of(PromptSpec.fromImage(png)).loras(LoraLibrary.open(empty)).find();

    assertThat(recovery.missing()).hasSize(1);
    Recovery.Item missing = recovery.missing().get(0);
    String known = pipeline.loras().find("ink_lines").autoV3();
    assertThat(missing.name()).isEqualTo("ink_lines");
    assertThat(missing.hash()).hasValueSatisfying(hash -> assertThat(known).startsWith(hash));
    assertThat(missing)
        .hasToString("LoRA 'ink_lines' (hash " + known.substring(0, 12) + ") is missing");
  }

  @Test
  @DisplayName("Can I regenerate my old pictures with a LoRA?")
  void oldPictures(@TempDir Path other) throws IOException {
    GeneratedImage old = draw(STAR + " <lora:ink_lines:0.8>").first();
    Path png = other.resolve("old.png");
    old.save(png);
    Files.copy(folder.resolve("ink_lines.safetensors"), other.resolve("renamed.safetensors"));

    try (Pipeline elsewhere =
        Pipeline.builder()
            .checkpoint(checkpoint)
            .loraDirectory(other)
            .precision(Precision.FLOAT32)
            .build()) {
      Recovery recovery = Recovery.of(PromptSpec.fromImage(png)).loras(elsewhere.loras()).find();
      assertThat(recovery.missing()).isEmpty();
      assertThat(elsewhere.generate(recovery.spec()).first().rgb()).isEqualTo(old.rgb());
    }
  }

  @Test
  @DisplayName("Which weight is right?")
  void rightWeight() {
    PromptSpec spec = spec("a fox on a green background <lora:ink_lines:1>").steps(4).build();
    GeneratedImage sheet =
        VariationGrid.of(spec, Axis.loraStrengths("ink_lines", 0, 0.5, 1)).draw(pipeline);
    assertThat(sheet.toBufferedImage().getWidth()).isGreaterThan(3 * 128);
  }

  @Test
  @DisplayName("Why do several add up?")
  void addUp() {
    LoraAdapter ink = pipeline.loras().find("ink_lines");
    LoraAdapter half = ink.withStrength(0.5);

    LoraConflicts twice = LoraAdapter.conflicts(List.of(half, half), checkpoint);
    LoraConflicts against = LoraAdapter.conflicts(List.of(ink, ink.withStrength(-1)), checkpoint);

    assertThat(twice.pairs().get(0).cosine()).isCloseTo(1, within(1e-6));
    assertThat(twice.blocks())
        .isNotEmpty()
        .allSatisfy(
            block ->
                assertThat(block.sum().change())
                    .isCloseTo(2 * block.alone(0).change(), withinPercentage(0.01)));
    assertThat(against.pairs().get(0).cosine()).isCloseTo(-1, within(1e-6));
    assertThat(against.blocks())
        .allSatisfy(block -> assertThat(block.sum().relative()).isLessThan(1e-6));
  }

  @Test
  @DisplayName("I took it out of the prompt and it is still there.")
  void stillThere() {
    byte[] before = draw(STAR).first().rgb();
    assertThat(draw(STAR + " <lora:ink_lines:1>").first().rgb()).isNotEqualTo(before);
    assertThat(draw(STAR).first().rgb()).isEqualTo(before);
    assertThat(draw(STAR + " <lora:ink_lines:0>").first().rgb()).isEqualTo(before);
  }

  @Test
  @DisplayName("How do I keep two of them apart in one picture?")
  void keptApart() {
    PromptSpec left =
        spec(STAR + " <lora:ink_lines:1:mask=left>")
            .mask("left", RegionMask.rectangle(0, 0, 0.5, 1))
            .build();

    assertThat(pipeline.generate(left).first().rgb()).isNotEqualTo(draw(STAR).first().rgb());
    assertThatThrownBy(() -> pipeline.generate(left.toBuilder().loraMode(LoraMode.PATCHED).build()))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("mask");
  }
}
