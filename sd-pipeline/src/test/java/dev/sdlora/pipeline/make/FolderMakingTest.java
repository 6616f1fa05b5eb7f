package dev.sdlora.pipeline.make;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.make.CheckpointMerging;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.UNetFiles;
import dev.sdlora.pipeline.FamilyFiles;
import dev.sdlora.pipeline.model.DiffusersCopy;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.io.SettingsJson;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.testkit.TinyFamilies;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the conversion of diffusers folders of every family to single files as other programs write
 * them.
 */
@Tag("slow")
class FolderMakingTest {
  /** SD 2.x has a layer after those that are used; a folder does not contain it. */
  private static final String UNREAD = "cond_stage_model.model.transformer.resblocks.4.";

  private static final String NETWORKS =
      "(model\\.diffusion_model|first_stage_model|cond_stage_model|conditioner)\\..*";

  @TempDir Path folder;

  private Path copy(Path file) {
    return DiffusersCopy.of(file).write(folder.resolve("diffusers"));
  }

  /** Converts a single file to a folder and back. */
  private Path again(Path model) {
    Path file = folder.resolve("again.safetensors");
    CheckpointMerging.weightedSum(model, model).write(file);
    return file;
  }

  private static void assertSameModel(Path file, Path wanted) {
    UNetFiles made = CheckpointReader.read(file);
    UNetFiles model = CheckpointReader.read(wanted);
    assertThat(made.checkpoint().family()).isEqualTo(model.checkpoint().family());
    assertThat(made.unet().config()).isEqualTo(model.unet().config());
    assertThat(made.vae().config()).isEqualTo(model.vae().config());
    assertThat(made.prediction()).isEqualTo(model.prediction());
    assertThat(made.levels()).isEqualTo(model.levels());
    assertThat(made.textEncoders()).hasSameSizeAs(model.textEncoders());
    for (int i = 0; i < made.textEncoders().size(); i++) {
      assertThat(made.textEncoders().get(i).config())
          .isEqualTo(model.textEncoders().get(i).config());
    }
  }

  /** The tensors equal those of the file written by another program, byte for byte. */
  @ParameterizedTest
  @ValueSource(
      strings = {"sd1", "sd2", "sdxl", "sdxl-refiner", "sdxl-v", "ssd", "sd2-inpaint", "ip2p"})
  void write_folder_hasTheNamesAndNumbersOfTheOriginalCode(String set) {
    Path original = FamilyFiles.checkpoint(set, folder);
    Path made = again(copy(original));
    assertSameModel(made, original);
    Map<String, String> tensors = TinyFiles.tensors(made);
    if (set.startsWith("sd2")) {
      String before = UNREAD.replace("4.", "3.");
      tensors.forEach(
          (name, bytes) -> {
            if (name.startsWith(UNREAD)) {
              assertThat(bytes).isEqualTo(tensors.get(name.replace(UNREAD, before)));
            }
          });
      assertThat(tensors.keySet().removeIf(name -> name.startsWith(UNREAD))).isTrue();
    }
    assertThat(differences(tensors, original))
        .allMatch(
            name ->
                name.endsWith("position_ids")
                    || name.endsWith("logit_scale")
                    || (set.startsWith("sd2") && name.endsWith(".text_projection")));
  }

  /** Returns the tensors that differ between two files, except the unused layer. */
  private static Set<String> differences(Map<String, String> tensors, Path other) {
    Set<Map.Entry<String, String>> different = new HashSet<>(tensors.entrySet());
    Map<String, String> wanted = TinyFiles.tensors(other);
    different.removeAll(wanted.entrySet());
    wanted.entrySet().removeAll(tensors.entrySet());
    return Stream.concat(different.stream(), wanted.entrySet().stream())
        .map(Map.Entry::getKey)
        .filter(name -> name.matches(NETWORKS) && !name.startsWith(UNREAD))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void write_folderAndItsFile_areMergedInEitherOrder() {
    Path file = TinyFamilies.sd2();
    Path copy = copy(file);
    Path sum = folder.resolve("sum.safetensors");
    CheckpointMerging.weightedSum(file, copy).multiplier(0.25).write(sum);
    assertThat(differences(TinyFiles.tensors(sum), file)).isEmpty();
    CheckpointMerging.addDifference(copy, file, file).multiplier(0.5).write(sum);
    assertSameModel(sum, file);
    assertThat(TensorFile.open(sum).metadata().get("sd_merge_recipe"))
        .contains("\"primary_model_name\":\"diffusers\"");
  }

  @Test
  void bake_sdxlFolder_isWhatPatchedGives_bitForBit() {
    Path copy =
        DiffusersCopy.of(TinyFamilies.sdxl())
            .formats((name, origin) -> DType.F32)
            .write(folder.resolve("diffusers"));
    LoraAdapter lora = LoraAdapter.open(TinyFamilies.sdxlLora()).withStrength(0.7);
    Path file = folder.resolve("baked.safetensors");
    CreatedCheckpoint baked = LoraBaking.into(copy, List.of(lora)).write(file);
    assertThat(baked)
        .isEqualTo(
            new CreatedCheckpoint(
                file, 296, baked.kept(), List.of(), baked.weights(), baked.changeError()));
    Map<String, float[]> stored = TinyFiles.weights(file, List.of());
    Map<String, float[]> patched = TinyFiles.weights(copy, List.of(lora));
    assertThat(stored.keySet()).isEqualTo(patched.keySet());
    stored.forEach((name, values) -> assertThat(values).as(name).isEqualTo(patched.get(name)));
    assertThat(TensorFile.open(file).metadata())
        .containsEntry("modelspec.prediction_type", "epsilon");
    assertThat(TensorFile.open(file).metadata().get("baked_loras")).contains("\"strength\":\"0.7");
  }

  /** One of three fused layers has another dtype; the file gets the wider one. */
  @Test
  void bake_partsOfTwoFormats_areWidenedTogether() {
    Path original = TinyFamilies.sd2();
    Path copy =
        DiffusersCopy.of(original)
            .formats(
                (name, origin) ->
                    name.contains("layers.1.self_attn.k_proj") ? DType.F32 : origin.entry().dtype())
            .write(folder.resolve("diffusers"));
    Path lora =
        TinyFiles.randomLora(
            original,
            folder.resolve("v.safetensors"),
            3,
            DType.F32,
            name -> name.contains("layers.1.self_attn.v_proj"));
    Path file = folder.resolve("baked.safetensors");
    LoraBaking.into(copy, List.of(LoraAdapter.open(lora))).write(file);
    TensorEntry fused =
        TensorFile.open(file)
            .find("cond_stage_model.model.transformer.resblocks.1.attn.in_proj_weight")
            .orElseThrow();
    assertThat(fused.dtype()).isEqualTo(DType.F32);
    Map<String, float[]> stored = TinyFiles.weights(file, List.of());
    Map<String, float[]> patched = TinyFiles.weights(original, List.of(LoraAdapter.open(lora)));
    for (String part : List.of("q_proj", "k_proj", "v_proj")) {
      String name = "TEXT_ENCODER.text_model.encoder.layers.1.self_attn." + part + ".weight";
      assertThat(stored.get(name)).as(name).isEqualTo(Objects.requireNonNull(patched.get(name)));
    }
  }

  /** Writes an SDXL model with other noise levels and latents. */
  private Path withTensors(Map<String, List<Float>> tensors) {
    SafetensorsWriter writer = new SafetensorsWriter();
    TensorFile file = TensorFile.open(TinyFamilies.sdxl());
    Path target = folder.resolve("edm.safetensors");
    try (TensorFile.Reader reader = file.reader()) {
      file.tensors()
          .values()
          .forEach(
              entry ->
                  writer.tensor(
                      entry.name(),
                      entry.dtype(),
                      entry.shape(),
                      channel -> channel.write(reader.bytes(entry))));
      tensors.forEach(
          (name, numbers) -> {
            float[] values = new float[numbers.size()];
            for (int i = 0; i < values.length; i++) {
              values[i] = numbers.get(i);
            }
            writer.tensor(name, List.of((long) values.length), values, DType.F32);
          });
      writer.write(target);
    }
    return target;
  }

  @Test
  void write_edmFolders_sayTheirLevelsAndLatents() {
    Map<String, List<Float>> playground = new LinkedHashMap<>();
    playground.put("edm_mean", List.of(-1.5f, 1.75f, -1.25f, 2.5f));
    playground.put("edm_std", List.of(8.5f, 6f, 6.5f, 5f));
    Map<String, List<Float>> cosXl =
        Map.of("edm_vpred.sigma_min", List.of(0.25f), "edm_vpred.sigma_max", List.of(120f));
    for (Map<String, List<Float>> signs : List.of(playground, cosXl)) {
      Path file = withTensors(signs);
      assertSameModel(again(copy(file)), file);
    }
  }

  private void set(String file, String key, Object value) throws IOException {
    Path path = folder.resolve("diffusers").resolve(file);
    ObjectNode settings = (ObjectNode) SettingsJson.read(path);
    DiffusersCopy.setting(path, settings.putPOJO(key, value));
  }

  @Test
  void write_settingsThatNoFileCanSay_areRefused() throws IOException {
    Path copy = copy(TinyFamilies.sdxl());
    set("vae/config.json", "scaling_factor", 0.5);
    assertThatThrownBy(() -> again(copy))
        .isInstanceOf(CheckpointException.class)
        .hasMessageStartingWith("folder '" + copy + "' cannot be converted to a single file: ")
        .hasMessageContaining("0.5");
    copy(TinyFamilies.sdxl());
    set("unet/config.json", "attention_head_dim", 2);
    assertThatThrownBy(() -> again(copy))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("attention heads of the U-Net: [2, 2, 2]");
    copy(TinyFamilies.sdxl());
    set("text_encoder_2/config.json", "num_attention_heads", 2);
    assertThatThrownBy(() -> again(copy))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("attention heads of a text encoder: 2");
    copy(TinyFamilies.sdxl());
    set("text_encoder_2/config.json", "hidden_act", "quick_gelu");
    assertThatThrownBy(() -> again(copy))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("kind of a text encoder: OpenAI's CLIP");
    assertThat(Files.exists(folder.resolve("again.safetensors"))).isFalse();
  }

  @Test
  void write_ontoAFileOfTheFolder_isRefused() throws IOException {
    Path copy = copy(TinyFamilies.sdxl());
    Path unet = copy.resolve("unet").resolve("diffusion_pytorch_model.safetensors");
    long size = Files.size(unet);
    assertThatThrownBy(() -> CheckpointMerging.weightedSum(copy, copy).write(unet))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the output file is also an input");
    assertThat(Files.size(unet)).isEqualTo(size);
  }

  @Test
  void write_refinerWithTheVaeOfAnother_isRead() {
    CheckpointParts parts = CheckpointParts.builder().vae(TinyFamilies.sdxl()).build();
    Path copy = DiffusersCopy.of(TinyFamilies.refiner(), parts).write(folder.resolve("diffusers"));
    assertThat(CheckpointReader.read(again(copy)).vae().config())
        .isEqualTo(CheckpointReader.read(TinyFamilies.sdxl()).vae().config());
  }
}
