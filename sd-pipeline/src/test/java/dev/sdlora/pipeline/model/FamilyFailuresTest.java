package dev.sdlora.pipeline.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.tensorkit.RandomWeights;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyFamilies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests combinations of files and requests of later families that do not fit: the messages, and the
 * state of the pipeline afterwards.
 */
@Timeout(600)
@Tag("slow")
class FamilyFailuresTest {
  private static final String VAE = "first_stage_model.";

  @TempDir private static Path folder;
  private static Path sdxl;
  private static Pipeline pipeline;
  private static int arrays;

  @BeforeAll
  static void open() throws IOException {
    sdxl = FamilyFiles.withWholeVocabulary(TinyFamilies.sdxl(), folder.resolve("sdxl.safetensors"));
    Path refiner =
        FamilyFiles.withWholeVocabulary(
            TinyFamilies.refiner(), folder.resolve("refiner.safetensors"));
    Path loras = Files.createDirectory(folder.resolve("loras"));
    Files.copy(TinyFamilies.sdxlLora(), loras.resolve("both.safetensors"));
    pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(sdxl))
            .refiner(refiner)
            .loraDirectory(loras)
            .concurrency(4)
            .build();
    arrays = pipeline.liveTensors();
  }

  @AfterAll
  static void close() {
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    pipeline.close();
  }

  private static PromptSpec.Builder spec(String prompt) {
    return PromptSpec.builder().prompt(prompt).size(64, 64).steps(4).seed(5);
  }

  private static byte[] rgb(PromptSpec.Builder spec) {
    return pipeline.generate(spec.build()).first().rgb();
  }

  private static Path without(String name, Predicate<String> names) {
    return FamilyFiles.without(TinyFamilies.sdxl(), names, folder.resolve(name + ".safetensors"));
  }

  private static void assertRefused(Path checkpoint, String sentence) {
    assertThatThrownBy(() -> Checkpoint.open(checkpoint))
        .isInstanceOf(StableDiffusionException.class)
        .hasMessageContaining(sentence)
        .hasMessageContaining(checkpoint.toString())
        .hasMessageNotContaining("\n");
  }

  @Test
  void open_sdxlWithOneTextEncoder_namesTheOtherOne() {
    assertRefused(
        without("one", name -> name.startsWith("conditioner.embedders.1.")),
        "has no second text encoder, which SDXL needs: no tensor begins with"
            + " 'conditioner.embedders.1.model.'");
    assertRefused(
        without("other", name -> name.startsWith("conditioner.embedders.0.")),
        "has no first text encoder, which SDXL needs: no tensor begins with"
            + " 'conditioner.embedders.0.transformer.'");
  }

  @Test
  void open_halfAFile_saysWhatIsMissing() throws IOException {
    byte[] bytes = Files.readAllBytes(TinyFamilies.sdxl());
    Path half = folder.resolve("half.safetensors");
    Files.write(half, Arrays.copyOf(bytes, bytes.length / 2));
    assertThatThrownBy(() -> Checkpoint.open(half))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContainingAll(half.toString(), "is damaged", "cut off");
    assertRefused(
        without("flat", name -> name.matches("model\\.diffusion_model\\.input_blocks\\.[78]\\..*")),
        "the U-Net has 7 input blocks with downsamplers in [3, 6], expected a downsampler after"
            + " every level");
    assertRefused(
        without("up", name -> name.startsWith("model.diffusion_model.output_blocks.4.0.")),
        "'model.diffusion_model.output_blocks.4.0.");
    assertRefused(
        without("label", name -> name.startsWith("model.diffusion_model.label_emb.0.2.")),
        "'model.diffusion_model.label_emb.0.2.weight' of the U-Net is missing");
  }

  @ParameterizedTest
  @CsvSource({
    "false, 'the VAE has latents of 16 channels and no tensor'",
    "true, 'its U-Net takes 4 channels, but its VAE has latents of 16'"
  })
  void open_vaeOf16Channels_namesBothNumbers(boolean quantised, String sentence) {
    Map<String, List<Long>> wider =
        Map.of(
            VAE + "encoder.conv_out.weight", List.of(32L, 32L, 3L, 3L),
            VAE + "encoder.conv_out.bias", List.of(32L),
            VAE + "decoder.conv_in.weight", List.of(32L, 16L, 3L, 3L),
            VAE + "quant_conv.weight", List.of(32L, 32L, 1L, 1L),
            VAE + "quant_conv.bias", List.of(32L),
            VAE + "post_quant_conv.weight", List.of(16L, 16L, 1L, 1L),
            VAE + "post_quant_conv.bias", List.of(16L));
    SafetensorsWriter writer = new SafetensorsWriter();
    wider.forEach(
        (name, shape) -> {
          if (quantised || !name.contains("quant_conv")) {
            long size = shape.stream().reduce(1L, (a, b) -> a * b);
            writer.tensor(name, shape, new float[(int) size], DType.F32);
          }
        });
    Path change = folder.resolve("vae-" + quantised + ".safetensors");
    writer.write(change);
    Path target = folder.resolve("sd3-vae-" + quantised + ".safetensors");
    FamilyFiles.replaced(TinyFamilies.sdxl(), wider.keySet()::contains, change, target);
    assertRefused(target, sentence);
  }

  @Test
  void open_networksOfTwoFamilies_namesBoth() {
    Predicate<String> unet = name -> name.startsWith("model.diffusion_model.");
    Path mixed = folder.resolve("mixed.safetensors");
    FamilyFiles.replaced(
        TinyFamilies.sdxl(),
        unet,
        FamilyFiles.without(
            Fixtures.CHECKPOINT, unet.negate(), folder.resolve("unet-sd1.safetensors")),
        mixed);
    assertRefused(
        mixed,
        "its U-Net is for SD 1.x (text states of width 32), but its text encoders are for SDXL"
            + " (96)");
    Path reverse = folder.resolve("reverse.safetensors");
    FamilyFiles.replaced(
        Fixtures.CHECKPOINT,
        unet,
        FamilyFiles.without(
            TinyFamilies.sdxl(), unet.negate(), folder.resolve("unet-sdxl.safetensors")),
        reverse);
    assertRefused(
        reverse,
        "its U-Net is for SDXL (text states of width 96), but its text encoders are for SD 1.x"
            + " (32)");
  }

  @Test
  void open_folderWithoutItsSecondEncoder_namesIt() throws IOException {
    Path model = folder.resolve("folder");
    Path unet = Files.createDirectories(model.resolve("unet"));
    Files.createDirectories(model.resolve("text_encoder"));
    Files.writeString(
        unet.resolve("config.json"),
        "{\"attention_head_dim\": [4, 4, 4], \"block_out_channels\": [32, 32, 32]}");
    new RandomWeights(CheckpointReader.read(TinyFamilies.sdxl()).unet().config().weights(), 1)
        .write(unet.resolve("diffusion_pytorch_model.safetensors"), name -> name);
    assertRefused(
        model, "has no sub-folder 'text_encoder_2', the second text encoder that SDXL needs");
  }

  @Test
  void build_refinerOfAnotherLatentSpace_namesBoth() {
    Pipeline.Builder builder =
        Fixtures.float32().checkpoint(Checkpoint.open(sdxl)).refiner(Fixtures.CHECKPOINT);
    assertThatThrownBy(builder::build)
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "refiner '%s' (SD 1.x) uses latents with 4 channels scaled by 0.18215, but checkpoint"
                + " '%s' (SDXL) uses 4 channels scaled by 0.13025; expected a refiner for the same"
                + " latent space",
            Fixtures.CHECKPOINT, sdxl);
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN, Double.POSITIVE_INFINITY})
  void refinerSwitch_outOfRange_isRefused(double at) {
    assertThatThrownBy(() -> spec("a cat").refinerSwitch(at))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("refiner switch must be from 0 to 1: " + at);
  }

  @Test
  void generate_refinerSwitchWithoutRefiner_isRefusedBeforeAnyWork() {
    List<String> events = new ArrayList<>();
    PromptSpec wanted = spec("a cat").refinerSwitch(0.8).build();
    try (Pipeline alone = Fixtures.float32().checkpoint(Checkpoint.open(sdxl)).build()) {
      final int before = alone.liveTensors();
      GenerationListener listener =
          new GenerationListener() {
            @Override
            public void lorasStart() {
              events.add("work");
            }
          };
      assertThatThrownBy(() -> alone.generate(wanted, listener))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "refinerSwitch is 0.8, but the pipeline has no refiner; set one with"
                  + " Pipeline.builder().refiner(checkpoint), or remove the switch");
      assertThat(events).isEmpty();
      assertThat(alone.liveTensors()).isEqualTo(before);
    }
  }

  @Test
  void generate_eightCallersWithLorasOnBothEncoders_drawWhatEachDrawsAlone() {
    byte[] plain = rgb(spec("a cat"));
    List<PromptSpec> specs = new ArrayList<>();
    for (String strengths : List.of("0.8", "-0.5:0.6", "0.7:0", "0:0.9")) {
      for (LoraMode mode : List.of(LoraMode.PATCHED, LoraMode.OVERLAY)) {
        specs.add(spec("a cat <lora:both:" + strengths + ">").steps(2).loraMode(mode).build());
      }
    }
    List<byte[]> alone = specs.stream().map(each -> pipeline.generate(each).first().rgb()).toList();
    List<CompletableFuture<byte[]>> together =
        specs.stream()
            .map(each -> pipeline.generateAsync(each).thenApply(result -> result.first().rgb()))
            .toList();
    for (int i = 0; i < specs.size(); i++) {
      assertThat(together.get(i).join()).as(specs.get(i).prompt()).isEqualTo(alone.get(i));
      assertThat(alone.get(i)).isNotEqualTo(plain);
    }
    assertThat(rgb(spec("a cat"))).isEqualTo(plain);
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
  }

  @Test
  void cancel_inTheRefinersPart_leavesNothing() {
    PromptSpec.Builder spec = spec("a cat <lora:both:0.8>").steps(6).refinerSwitch(0.4);
    final byte[] refined = rgb(spec);
    final byte[] plain = rgb(spec("a cat"));
    CompletableFuture<Void> begun = new CompletableFuture<>();
    List<CompletableFuture<?>> futures = new ArrayList<>();
    List<Integer> steps = new ArrayList<>();
    futures.add(
        pipeline.generateAsync(
            spec.build(),
            new GenerationListener() {
              @Override
              public void stepStart(Step step) {
                steps.add(step.number());
                if (step.number() == 5) {
                  begun.join();
                  futures.get(0).cancel(true);
                }
              }
            }));
    begun.complete(null);
    assertThatThrownBy(() -> futures.get(0).join()).isInstanceOf(CancellationException.class);
    assertThat(rgb(spec("a cat"))).isEqualTo(plain);
    assertThat(steps).endsWith(5);
    assertThat(rgb(spec)).isEqualTo(refined).isNotEqualTo(plain);
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
  }
}
