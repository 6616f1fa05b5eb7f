package dev.sdlora.pipeline.make;

import static dev.sdlora.pipeline.make.ComfyUiFolder.denoiser;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.make.CreatedLora;
import dev.sdlora.api.make.LoraBaking;
import dev.sdlora.api.make.LoraConversion;
import dev.sdlora.api.make.LoraExtraction;
import dev.sdlora.api.model.NumberFormat;
import dev.sdlora.pipeline.make.ComfyUiFolder.Model;
import dev.sdlora.tensors.file.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests of LoRAs extracted from the difference of two transformers. */
class TransformerExtractionTest {
  @TempDir static Path temporary;

  private static ComfyUiFolder folder;

  @BeforeAll
  static void createFolder() throws IOException {
    folder = ComfyUiFolder.in(temporary);
  }

  @ParameterizedTest
  @EnumSource(Model.class)
  void write_hasTheNamesThatComfyUiReads_andTheWholeChange(Model model) {
    Path original = folder.file(model + "-original");
    TinyFiles.inFloat32(model.file(), original, name -> true);
    Path tuned = folder.file(model + "-tuned");
    LoraBaking.into(original, model.loras()).write(tuned);
    Path file = folder.file(model + "-extracted");
    CreatedLora made =
        LoraExtraction.between(original, tuned)
            .rank(64)
            .exact(true)
            .convolutions(true)
            .fileFormat(NumberFormat.FLOAT32)
            .write(file);

    Set<String> names = TensorFile.open(file).tensors().keySet();
    assertThat(names)
        .contains(
            model == Model.KLEIN
                ? "diffusion_model.double_blocks.0.img_attn.qkv.lora_A.weight"
                : "diffusion_model.layers.0.attention.qkv.lora_A.weight")
        .allMatch(name -> name.startsWith("diffusion_model."))
        .allMatch(name -> name.endsWith(".lora_A.weight") || name.endsWith(".lora_B.weight"));
    assertThat(made.modules()).isEqualTo(names.size() / 2);
    assertThat(made.leftOut()).isEmpty();
    assertChange(original, tuned, file);
    Path kohya = folder.file(model + "-kohya");
    LoraConversion.toKohya(file).checkpoint(original).write(kohya);
    assertChange(original, tuned, kohya);
  }

  private static void assertChange(Path original, Path tuned, Path lora) {
    Map<String, float[]> expected = denoiser(tuned, List.of());
    denoiser(original, List.of(LoraAdapter.open(lora)))
        .forEach(
            (name, values) -> {
              float[] wanted = expected.getOrDefault(name, new float[0]);
              assertThat(values).as(name).hasSameSizeAs(wanted);
              double most = 0;
              for (int i = 0; i < wanted.length; i++) {
                most = Math.max(most, Math.abs(values[i] - wanted[i]));
              }
              assertThat(most).as(name).isLessThan(2e-5);
            });
  }
}
