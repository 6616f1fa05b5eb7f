package dev.sdlora.families.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.model.FileDescription;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileKindTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "model.embed_tokens.weight model.layers.0.self_attn.q_norm.weight,"
        + " 'is the text encoder Qwen3 alone, to be used with FLUX.2 klein or Z-Image'",
    "encoder.block.0.layer.0.SelfAttention.q.weight,"
        + " 'is the text encoder T5 alone, to be used with FLUX.1, Chroma or SD 3.x'"
  })
  void recognise_textEncoderAlone_namesItsFamilies(String tensors, String sentence) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String name : tensors.split(" ", -1)) {
      writer.tensor(name, List.of(1L), new float[1], DType.F32);
    }
    Path file = folder.resolve("encoder.safetensors");
    writer.write(file);
    assertThat(FileKind.recognise(file))
        .contains(new FileDescription(FileDescription.Kind.TEXT_ENCODER, sentence, false));
  }
}
