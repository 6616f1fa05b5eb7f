package dev.sdlora.lora.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.make.MakingListener;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.lora.format.LoraModule;
import dev.sdlora.lora.make.AdapterFile;
import dev.sdlora.lora.make.AdapterMetadata;
import dev.sdlora.lora.make.Combination;
import dev.sdlora.lora.make.Conversion;
import dev.sdlora.lora.make.KeyNaming;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** LoRAs for FLUX.2 klein and Z-Image written under other names. */
class TransformerConversionTest {
  @TempDir Path folder;

  private LoraFile convert(TinyTransformer model, LoraFile lora, KeyNaming style, boolean scale) {
    Path path = folder.resolve(style + (scale ? "-scaled" : "") + ".safetensors");
    new Conversion(lora, model.index(), style, style.names(model.family), scale)
        .write(
            path, Conversion.metadata(lora.file().metadata(), lora.family()), MakingListener.NONE);
    return LoraFile.open(path);
  }

  private static Set<String> keys(LoraFile lora) {
    return lora.modules().stream().map(LoraModule::key).collect(Collectors.toSet());
  }

  @ParameterizedTest
  @CsvSource({
    "FLUX2, lora_kohya",
    "FLUX2, lora_aitoolkit",
    "FLUX2, lora_peft",
    "FLUX2, lora_outer_bfl",
    "FLUX2, lora_outer_peft",
    "FLUX2, lora_kohya_sparse",
    "Z_IMAGE, lora_kohya",
    "Z_IMAGE, lora_fused",
    "Z_IMAGE, lora_dot",
    "Z_IMAGE, lora_peft",
    "Z_IMAGE, lora_outer",
    "Z_IMAGE, lora_outer_single"
  })
  void write_eitherStyle_changesEachWeightEqually(TinyTransformer model, String name) {
    LoraFile lora = model.file(name);
    Map<String, float[]> expected = model.deltas(lora);
    for (KeyNaming style : List.of(KeyNaming.KOHYA, KeyNaming.PEFT)) {
      for (boolean scale : new boolean[] {false, true}) {
        LoraFile written = convert(model, lora, style, scale);
        assertThat(written.strays()).isEmpty();
        assertThat(written.family()).isEqualTo(model.family);
        TransformerLoraTest.requireSame(model.deltas(written), expected);
      }
    }
  }

  @Test
  void write_kohyasStyle_hasTheNamesOfSingleFiles() {
    TinyTransformer flux2 = TinyTransformer.FLUX2;
    LoraFile peft = flux2.file("lora_peft");
    assertThat(keys(convert(flux2, peft, KeyNaming.KOHYA, false)))
        .isEqualTo(keys(flux2.file("lora_kohya")));
    TinyTransformer zImage = TinyTransformer.Z_IMAGE;
    assertThat(keys(convert(zImage, zImage.file("lora_kohya"), KeyNaming.KOHYA, false)))
        .isEqualTo(keys(zImage.file("lora_musubi_comfy")));
  }

  @Test
  void write_peftsStyle_hasTheNamesOfDiffusers() {
    for (TinyTransformer model : TinyTransformer.values()) {
      LoraFile peft = convert(model, model.file("lora_kohya"), KeyNaming.PEFT, false);
      assertThat(keys(peft)).isEqualTo(keys(model.file("lora_peft")));
      assertThat(peft.file().metadata().get("lora_adapter_metadata"))
          .contains("\"transformer.lora_alpha\"");
    }
  }

  /** A module that was cut shares its first factor between its parts. */
  @Test
  void write_otherStyleAndBack_restoresTheTensors() {
    TinyTransformer model = TinyTransformer.FLUX2;
    LoraFile kohya = model.file("lora_kohya");
    LoraFile back =
        convert(model, convert(model, kohya, KeyNaming.PEFT, false), KeyNaming.KOHYA, false);
    assertThat(back.file().tensors().keySet()).isEqualTo(kohya.file().tensors().keySet());
    try (TensorFile.Reader one = kohya.file().reader();
        TensorFile.Reader other = back.file().reader()) {
      for (TensorEntry entry : kohya.file().tensors().values()) {
        TensorEntry same = back.file().find(entry.name()).orElseThrow();
        assertThat(same.dtype()).isEqualTo(entry.dtype());
        assertThat(same.shape()).isEqualTo(entry.shape());
        assertThat(other.floats(same)).as(entry.name()).isEqualTo(one.floats(entry));
      }
    }
  }

  private LoraFile file(String tensors) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String tensor : tensors.split(", ", -1)) {
      List<String> words = List.of(tensor.split(" ", -1));
      List<Long> shape = words.stream().skip(1).map(Long::valueOf).toList();
      float[] values = new float[shape.stream().reduce(1L, Math::multiplyExact).intValue()];
      for (int i = 0; i < values.length; i++) {
        values[i] = 1 + i % 7;
      }
      writer.tensor("transformer.transformer_blocks.0." + words.get(0), shape, values, DType.F32);
    }
    Path path = folder.resolve("some.safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  private static final String QUERY = "attn.to_q.lora_A.weight 2 48, attn.to_q.lora_B.weight 48 2";
  private static final String VALUE = "attn.to_v.lora_A.weight 3 48, attn.to_v.lora_B.weight 48 3";
  private static final String MLP =
      "ff.linear_in.lora_A.weight 1 48, ff.linear_in.lora_B.weight 288 1";

  @Test
  void write_someOfTheStackedLayers_areAloneInTheSum() {
    TinyTransformer model = TinyTransformer.FLUX2;
    LoraFile lora = file(QUERY + ", " + VALUE + ", " + MLP);
    LoraFile kohya = convert(model, lora, KeyNaming.KOHYA, false);
    assertThat(keys(kohya))
        .containsExactlyInAnyOrder(
            "lora_unet_double_blocks_0_img_attn_qkv", "lora_unet_double_blocks_0_img_mlp_0");
    assertThat(kohya.rank()).isEqualTo(5);
    Map<String, float[]> actual = model.deltas(kohya);
    float[] key = actual.remove("transformer_blocks.0.attn.to_k.weight");
    assertThat(key).isNotNull().containsOnly(0);
    TransformerLoraTest.requireSame(actual, model.deltas(lora));
  }

  @Test
  void write_magnitudesOfSomeOfTheStackedLayers_areRefused() {
    TinyTransformer model = TinyTransformer.FLUX2;
    LoraFile lora = file(QUERY + ", attn.to_q.lora_magnitude_vector 48, " + VALUE + ", " + MLP);
    assertThatThrownBy(() -> convert(model, lora, KeyNaming.KOHYA, false))
        .hasMessageContaining("has magnitudes (DoRA), which 'double_blocks.0.img_attn.qkv'");
  }

  @Test
  void run_twoLayouts_areMergedByLayer() {
    TinyTransformer model = TinyTransformer.Z_IMAGE;
    Path path = folder.resolve("merged.safetensors");
    try (Torch torch = Torch.open("cpu");
        AdapterFile target = AdapterFile.create(path, DType.F32)) {
      new Combination(
              torch, model.index(), KeyNaming.KOHYA.names(ModelFamily.Z_IMAGE), Optional.empty())
          .run(
              List.of(
                  new LoraUse("a", model.file("lora_dot"), 1, 0.5),
                  new LoraUse("b", model.file("lora_fused"), 1, 0.5)),
              target,
              MakingListener.NONE);
      target.write(new AdapterMetadata().model(ModelFamily.Z_IMAGE).pairs());
    }
    LoraFile merged = LoraFile.open(path);
    assertThat(keys(merged)).contains("lycoris_layers_0_attention_to_q");
    TransformerLoraTest.requireSame(model.deltas(merged), model.deltas(model.file("lora_kohya")));
  }
}
