package dev.sdlora.pipeline.make;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.make.CreatedCheckpoint;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import dev.sdlora.tensors.number.Floats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Tests of checkpoints with LoRAs merged into them. */
@Tag("slow")
class LoraBakingTest {
  private Path folder = Path.of("");

  @BeforeProperty
  void createFolder() throws IOException {
    folder = Files.createTempDirectory("bake");
  }

  @AfterProperty
  void deleteFolder() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  @Example
  void write_float16File_isWhatPatchedGivesRoundedOnce() {
    LoraAdapter lora = LoraAdapter.open(TinyFiles.KOHYA).withStrength(0.8);

    Path file = folder.resolve("baked.safetensors");
    CreatedCheckpoint baked = LoraBaking.into(TinyFiles.CHECKPOINT, List.of(lora)).write(file);

    assertThat(baked)
        .isEqualTo(
            new CreatedCheckpoint(
                file, 215 + 30, baked.kept(), List.of(), baked.weights(), baked.changeError()));
    Map<String, float[]> patched = TinyFiles.weights(TinyFiles.CHECKPOINT, List.of(lora));
    Map<String, float[]> stored = TinyFiles.weights(file, List.of());
    assertThat(stored.keySet()).isEqualTo(patched.keySet());
    stored.forEach(
        (name, values) -> {
          float[] wanted = patched.getOrDefault(name, new float[0]);
          for (int i = 0; i < values.length; i++) {
            wanted[i] = Floats.fromHalf(Floats.toHalf(wanted[i]));
          }
          assertThat(values).as(name).isEqualTo(wanted);
        });
  }

  @Example
  void write_file_keepsNamesShapesFormatsAndTheRest() {
    Path lora =
        TinyFiles.randomLora(
            folder.resolve("one.safetensors"), 1, DType.F16, name -> name.contains("conv_in"));
    Path file = folder.resolve("baked.safetensors");

    LoraBaking.into(TinyFiles.CHECKPOINT, List.of(LoraAdapter.open(lora))).write(file);

    Map<String, String> before = TinyFiles.tensors(TinyFiles.CHECKPOINT);
    Map<String, String> after = TinyFiles.tensors(file);
    assertThat(List.copyOf(after.keySet())).isEqualTo(List.copyOf(before.keySet()));
    String changed = "model.diffusion_model.input_blocks.0.0.weight";
    assertThat(after.get(changed))
        .startsWith("F16 [32, 4, 3, 3]")
        .isNotEqualTo(before.get(changed));
    before.remove(changed);
    after.remove(changed);
    assertThat(after).isEqualTo(before);
    assertThat(TensorFile.open(file).metadata().get("baked_loras"))
        .contains("\"one\":{\"hash\":\"", "\"strength\":\"1\"");
  }

  @Property(tries = 6)
  void write_float32File_isWhatPatchedGives_bitForBit(
      @ForAll int seed,
      @ForAll @DoubleRange(min = -2, max = 2) double text,
      @ForAll @DoubleRange(min = -2, max = 2) double unet) {
    Path checkpoint =
        TinyFiles.inFloat32(
            TinyFiles.CHECKPOINT, folder.resolve("model.safetensors"), name -> true);
    List<LoraAdapter> loras = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      int number = i;
      Path lora = folder.resolve("lora" + i + ".safetensors");
      TinyFiles.randomLora(
          lora,
          seed + i,
          i == 0 ? DType.F16 : DType.F32,
          name -> (name.hashCode() + number) % 3 != 0);
      loras.add(LoraAdapter.open(lora).withStrength(LoraStrength.of(text, unet)));
    }

    Path file = folder.resolve("baked.safetensors");
    LoraBaking.into(checkpoint, loras).write(file);

    Map<String, float[]> patched = TinyFiles.weights(checkpoint, loras);
    Map<String, float[]> stored = TinyFiles.weights(file, List.of());
    stored.forEach((name, values) -> assertThat(values).as(name).isEqualTo(patched.get(name)));
  }

  @Example
  void write_diffusersFolder_becomesOneFile() {
    LoraAdapter lora = LoraAdapter.open(TinyFiles.PEFT);
    Path file = folder.resolve("baked.safetensors");

    LoraBaking.into(TinyFiles.FOLDER, List.of(lora)).write(file);

    assertThat(CheckpointReader.read(file).unet().config())
        .isEqualTo(CheckpointReader.read(TinyFiles.FOLDER).unet().config());
    TinyFiles.assertSameChange(
        TinyFiles.weights(file, List.of()),
        TinyFiles.weights(TinyFiles.FOLDER, List.of(lora)),
        TinyFiles.weights(TinyFiles.FOLDER, List.of()),
        0.05); // float16 rounding of weights, for changes a tenth of their size
  }

  @Example
  void write_damagedLora_leavesNothing() throws IOException {
    Path lora = folder.resolve("nan.safetensors");
    new SafetensorsWriter()
        .tensor(
            "lora_unet_conv_in.lora_down.weight", List.of(1L, 4L, 3L, 3L), new float[36], DType.F32)
        .tensor("lora_unet_conv_in.lora_up.weight", List.of(32L, 1L, 1L, 1L), nan(32), DType.F32)
        .write(lora);
    LoraBaking baking = LoraBaking.into(TinyFiles.CHECKPOINT, List.of(LoraAdapter.open(lora)));

    assertThatThrownBy(() -> baking.write(folder.resolve("baked.safetensors")))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("NaN");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(lora);
    }
  }

  private static float[] nan(int count) {
    float[] values = new float[count];
    values[3] = Float.NaN;
    return values;
  }

  @Example
  void write_ontoTheCheckpoint_isRefused() throws IOException {
    Path checkpoint = folder.resolve("model.safetensors");
    Files.copy(TinyFiles.CHECKPOINT, checkpoint);
    LoraBaking baking = LoraBaking.into(checkpoint, List.of(LoraAdapter.open(TinyFiles.KOHYA)));

    assertThatThrownBy(() -> baking.write(checkpoint))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the output file is also an input");
    assertThatThrownBy(() -> baking.write(folder.resolve("model.ckpt")))
        .hasMessageContaining("must end in .gguf or .safetensors");
    assertThatThrownBy(() -> LoraBaking.into(checkpoint, List.of()))
        .hasMessage("loras must not be empty");
  }
}
