package dev.sdlora.pipeline.make;

import static dev.sdlora.pipeline.make.ComfyUiFolder.denoiser;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.lora.make.LayerNames;
import dev.sdlora.lora.plan.Network;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.pipeline.make.ComfyUiFolder.Model;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.number.Floats;
import dev.sdlora.testkit.TinyTransformers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of transformers with LoRAs merged into them. */
class TransformerBakingTest {
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).cfgScale(1).seed(5).build();

  @TempDir static Path temporary;

  private static ComfyUiFolder folder;

  @BeforeAll
  static void createFolder() throws IOException {
    folder = ComfyUiFolder.in(temporary);
  }

  private static Path source(Model model, String layout) throws IOException {
    return switch (layout) {
      case "file" -> model.file();
      case "folder" -> model.folder();
      default -> sharded(model);
    };
  }

  /** Writes the transformer of a model as two shards with an index. */
  private static Path sharded(Model model) throws IOException {
    TensorFile source = TensorFile.open(model.file());
    Map<String, String> places = new LinkedHashMap<>();
    try (TensorFile.Reader reader = source.reader()) {
      for (int number = 0; number < 2; number++) {
        Path shard = folder.file("%s-0000%s-of-00002".formatted(model, number + 1));
        SafetensorsWriter writer = new SafetensorsWriter();
        for (TensorEntry entry : source.tensors().values()) {
          if (Math.floorMod(entry.name().hashCode(), 2) == number) {
            places.put(entry.name(), String.valueOf(shard.getFileName()));
            writer.tensor(entry.name(), entry.shape(), reader.floats(entry), entry.dtype());
          }
        }
        writer.write(shard);
      }
    }
    String map =
        places.entrySet().stream()
            .map(place -> "\"%s\": \"%s\"".formatted(place.getKey(), place.getValue()))
            .collect(Collectors.joining(", "));
    Path index = folder.file(model.toString()).resolveSibling(model + ".safetensors.index.json");
    return Files.writeString(index, "{\"weight_map\": {" + map + "}}");
  }

  @ParameterizedTest
  @CsvSource({
    "KLEIN, file",
    "KLEIN, folder",
    "KLEIN, shards",
    "Z_IMAGE, file",
    "Z_IMAGE, folder",
    "Z_IMAGE, shards"
  })
  void write_anyLayout_isWhatPatchedGivesRoundedOnce(Model model, String layout)
      throws IOException {
    Path source = source(model, layout);
    Path file = folder.file(model + "-" + layout);
    CreatedCheckpoint baked = LoraBaking.into(source, model.loras()).write(file);

    assertThat(baked.unmatched()).isEmpty();
    Map<String, float[]> plain = denoiser(source, List.of());
    Map<String, float[]> patched = denoiser(source, model.loras());
    Map<String, float[]> stored = denoiser(file, List.of());
    assertThat(stored.keySet()).isEqualTo(patched.keySet());
    int changed = 0;
    for (Map.Entry<String, float[]> weight : stored.entrySet()) {
      float[] wanted = Objects.requireNonNull(patched.get(weight.getKey()));
      for (int i = 0; i < wanted.length; i++) {
        wanted[i] = Floats.fromBfloat16(Floats.toBfloat16(wanted[i]));
      }
      assertThat(weight.getValue()).as(weight.getKey()).isEqualTo(wanted);
      changed += Arrays.equals(wanted, plain.get(weight.getKey())) ? 0 : 1;
    }
    assertThat(baked.changed()).isEqualTo(changed);
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void write_file_keepsNamesShapesFormatsAndTheRest(Model model) {
    Path file = folder.file(model + "-kept");
    CreatedCheckpoint baked = LoraBaking.into(model.file(), model.loras()).write(file);

    Map<String, String> before = TinyFiles.tensors(model.file());
    Map<String, String> after = TinyFiles.tensors(file);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    long kept =
        after.entrySet().stream()
            .filter(tensor -> tensor.getValue().equals(before.get(tensor.getKey())))
            .count();
    assertThat(kept).isEqualTo(baked.kept()).isPositive();
    after.forEach(
        (name, tensor) ->
            assertThat(withoutBytes(tensor))
                .isEqualTo(withoutBytes(before.getOrDefault(name, " "))));
    assertThat(TensorFile.open(file).metadata())
        .containsAllEntriesOf(TensorFile.open(model.file()).metadata())
        .containsKey("baked_loras");
  }

  private static String withoutBytes(String tensor) {
    return tensor.substring(0, tensor.lastIndexOf(' '));
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void generate_withABakedFile_drawsTheImageOfThePatchedLoras(Model model) {
    Path exact = folder.file(model + "-f32");
    TinyFiles.inFloat32(model.file(), exact, name -> true);
    Path file = folder.file(model + "-baked-f32");
    LoraBaking.into(exact, model.loras()).write(file);

    byte[] patched = draw(exact, model.loras());
    assertThat(draw(file, List.of())).isEqualTo(patched);
    assertThat(draw(exact, List.of())).isNotEqualTo(patched);
  }

  private static byte[] draw(Path checkpoint, List<LoraAdapter> loras) {
    PromptSpec.Builder spec = SPEC.toBuilder().loraMode(LoraMode.PATCHED);
    loras.forEach(spec::lora);
    try (Pipeline pipeline = Fixtures.float32().checkpoint(Checkpoint.open(checkpoint)).build()) {
      return pipeline.generate(spec.build()).images().get(0).rgb();
    }
  }

  @Test
  void write_aBaseModel_staysOne() {
    Path file = folder.file("another name");
    LoraBaking.into(TinyTransformers.kleinBase(), Model.KLEIN.loras()).write(file);
    assertThat(Checkpoint.open(file).signs()).contains("base: metadata is_distilled");
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void write_plainFloat8_becomesHalfPrecision(Model model) {
    Path source = folder.file(model + "-fp8");
    SafetensorsWriter writer = new SafetensorsWriter();
    for (TensorEntry entry : TensorFile.open(model.file()).tensors().values()) {
      byte[] small = new byte[Math.toIntExact(entry.elements())];
      for (int i = 0; i < small.length; i++) {
        small[i] = (byte) (i % 41 + (i % 2 == 0 ? 128 : 0)); // -0.15625 to 0.15625
      }
      writer.tensor(
          entry.name(),
          DType.F8_E4M3,
          entry.shape(),
          channel -> channel.write(ByteBuffer.wrap(small)));
    }
    writer.write(source);
    Path file = folder.file(model + "-from-fp8");
    LoraBaking.into(source, model.loras()).write(file);

    Map<String, float[]> patched = denoiser(source, model.loras());
    denoiser(file, List.of())
        .forEach(
            (name, values) -> {
              float[] wanted = Objects.requireNonNull(patched.get(name));
              for (int i = 0; i < wanted.length; i++) {
                wanted[i] = Floats.fromHalf(Floats.toHalf(wanted[i]));
              }
              assertThat(values).as(name).isEqualTo(wanted);
            });
  }

  /** Writes a LoRA with one layer of the text encoder and one of the transformer. */
  private static LoraAdapter textLora(String name) {
    SafetensorsWriter writer = new SafetensorsWriter();
    LayerNames names = KeyNaming.KOHYA.names(Model.KLEIN.family());
    module(writer, names.key(Network.TEXT_ENCODER, "model.layers.0.self_attn.q_proj"), 64);
    module(writer, names.key(Network.UNET, "transformer_blocks.0.attn.to_q"), 48);
    writer.metadata("ss_base_model_version", "Flux.2-klein-4b");
    Path path = folder.file(name);
    writer.write(path);
    return LoraAdapter.open(path);
  }

  private static void module(SafetensorsWriter writer, String key, int rows) {
    float[] ones = new float[48];
    Arrays.fill(ones, 1);
    writer.tensor(key + ".lora_down.weight", List.of(1L, 48L), ones, DType.F32);
    float[] more = new float[rows];
    Arrays.fill(more, 0.01f);
    writer.tensor(key + ".lora_up.weight", List.of((long) rows, 1L), more, DType.F32);
  }

  @Test
  void write_aLoraOfTheTextEncoder_isRefusedUnlessItsStrengthThereIsZero() {
    LoraAdapter lora = textLora("text");
    Path file = folder.file("text-baked");

    LoraBaking baking = LoraBaking.into(Model.KLEIN.file(), List.of(lora));
    assertThatThrownBy(() -> baking.write(file))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining(
            "changes 'model.layers.0.self_attn.q_proj.weight' of the text encoder")
        .hasMessageContaining("qwen_3_4b.safetensors")
        .hasMessageEndingWith("a strength of 0 in the text encoder, FILE:0,1 on the command line");
    assertThat(file).doesNotExist();

    LoraAdapter denoiserOnly = lora.withStrength(LoraStrength.of(0, 1));
    assertThat(LoraBaking.into(Model.KLEIN.file(), List.of(denoiserOnly)).write(file).changed())
        .isEqualTo(1);
  }

  @Test
  void write_aFileOfAllNetworks_bakesTheTextEncoderToo() {
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, Model.KLEIN.file(), "model.diffusion_model.");
    add(writer, TinyTransformers.textEncoder(), "text_encoders.qwen3_4b.transformer.");
    add(writer, folder.file("x").resolveSibling("../vae/flux2-vae.safetensors"), "vae.");
    Path all = folder.file("all");
    writer.write(all);
    Path file = folder.file("all-baked");
    LoraAdapter lora = textLora("text-and-blocks");

    assertThat(LoraBaking.into(all, List.of(lora)).write(file).changed()).isEqualTo(2);

    Map<String, String> before = TinyFiles.tensors(all);
    Map<String, String> after = TinyFiles.tensors(file);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    after.entrySet().removeAll(before.entrySet());
    assertThat(after.keySet())
        .containsExactlyInAnyOrder(
            "model.diffusion_model.double_blocks.0.img_attn.qkv.weight",
            "text_encoders.qwen3_4b.transformer.model.layers.0.self_attn.q_proj.weight");
  }

  private static void add(SafetensorsWriter writer, Path source, String prefix) {
    TensorFile file = TensorFile.open(source);
    try (TensorFile.Reader reader = file.reader()) {
      for (TensorEntry entry : file.tensors().values()) {
        ByteBuffer bytes = reader.bytes(entry);
        writer.tensor(
            prefix + entry.name(),
            entry.dtype(),
            entry.shape(),
            channel -> channel.write(bytes.duplicate()));
      }
    }
  }

  @Test
  void write_ontoAShard_isRefused() throws IOException {
    Path index = sharded(Model.KLEIN);
    LoraBaking baking = LoraBaking.into(index, Model.KLEIN.loras());
    assertThatThrownBy(() -> baking.write(folder.file("KLEIN-00002-of-00002")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the output file is also an input");
  }
}
