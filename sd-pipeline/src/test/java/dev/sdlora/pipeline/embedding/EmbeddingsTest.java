package dev.sdlora.pipeline.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.Pipeline;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.prompt.PromptExplanation;
import dev.sdlora.pipeline.Fixtures;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.tensors.entry.TensorEntry;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.file.TensorFile;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests embeddings in prompts against equivalent words of the vocabulary: an embedding with the
 * vectors of some words produces the same image as these words, bit for bit.
 */
@Timeout(600)
class EmbeddingsTest {
  private static final int WIDTH = 32;
  private static final PromptSpec SPEC =
      PromptSpec.builder().prompt("a cat").size(64, 64).steps(2).seed(5).build();

  @TempDir private static Path folder;
  private static Pipeline pipeline;
  private static int arrays;

  @BeforeAll
  static void open() throws IOException {
    Path embeddings = folder.resolve("embeddings");
    Files.createDirectories(embeddings.resolve("more"));
    Path loras = Files.createDirectory(folder.resolve("loras"));
    embedding(embeddings.resolve("zig.safetensors"), words("cat"));
    embedding(embeddings.resolve("more/zig-zag.safetensors"), words("red house"));
    embedding(embeddings.resolve("wide.safetensors"), new float[768]);
    embedding(embeddings.resolve("dog.safetensors"), words("cat"));
    new SafetensorsWriter()
        .tensor("clip_l", List.of(1L, 768L), new float[768], DType.F32)
        .tensor("clip_g", List.of(1L, 1280L), new float[1280], DType.F32)
        .write(embeddings.resolve("broad.safetensors"));
    Files.writeString(embeddings.resolve("broken.pt"), "not a tensor file");
    bundle(loras.resolve("kit.safetensors"));
    pipeline =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(loras)
            .embeddingDirectory(embeddings)
            .embedding(Embedding.open(embeddings.resolve("zig.safetensors")).withName("my own"))
            .build();
    arrays = pipeline.liveTensors();
  }

  @AfterAll
  static void close() {
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
    pipeline.close();
  }

  /** Returns the checkpoint's own vectors of some words. */
  private static float[] words(String text) {
    int[] ids = ClipTokenizer.standard().encode(text);
    TensorFile file = TensorFile.open(Fixtures.CHECKPOINT);
    TensorEntry table =
        file.tensors().values().stream()
            .filter(entry -> entry.name().endsWith("token_embedding.weight"))
            .findFirst()
            .orElseThrow();
    try (TensorFile.Reader reader = file.reader()) {
      float[] rows = reader.floats(table);
      float[] vectors = new float[ids.length * WIDTH];
      for (int i = 0; i < ids.length; i++) {
        System.arraycopy(rows, ids[i] * WIDTH, vectors, i * WIDTH, WIDTH);
      }
      return vectors;
    }
  }

  private static void embedding(Path path, float[] vectors) {
    long width = vectors.length == 768 ? 768 : WIDTH;
    new SafetensorsWriter()
        .tensor("emb_params", List.of(vectors.length / width, width), vectors, DType.F32)
        .write(path);
  }

  /** Writes a LoRA with two embeddings, one of the wrong width. */
  private static void bundle(Path path) {
    float[] factors = new float[2 * WIDTH];
    Arrays.fill(factors, 0.05f);
    String layer = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q";
    new SafetensorsWriter()
        .tensor(layer + ".lora_down.weight", List.of(2L, (long) WIDTH), factors, DType.F32)
        .tensor(layer + ".lora_up.weight", List.of((long) WIDTH, 2L), factors, DType.F32)
        .tensor(
            "bundle_emb.dog.string_to_param.*",
            List.of(2L, (long) WIDTH),
            words("red house"),
            DType.F32)
        .tensor("bundle_emb.bad.string_to_param.*", List.of(1L, 48L), new float[48], DType.F32)
        .write(path);
  }

  private static PromptSpec prompt(String prompt) {
    return SPEC.toBuilder().prompt(prompt).build();
  }

  private static byte[] rgb(PromptSpec spec) {
    return pipeline.generate(spec).first().rgb();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          a zig,                       a cat
          Zig,                         cat
          a my own on a zig,           a cat on a cat
          a zig-zag,                   a red house
          "zig-zag, (zig:1.4) [zig]",  "red house, (cat:1.4) [cat]"
          a (zig-zag BREAK zig:0.7),   a (red house BREAK cat:0.7)
          zig <lora:kit:0.8>,          cat <lora:kit:0.8>
          a dog,                       a cat
          a dog <lora:kit:0.8>,        a red house <lora:kit:0.8>
          """)
  void generate_embeddingOfWords_isTheSamePictureAsTheWords(String prompt, String words) {
    assertThat(rgb(prompt(prompt))).isEqualTo(rgb(prompt(words)));
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);
  }

  @Test
  void generate_otherVectors_isAnotherPicture() {
    assertThat(rgb(prompt("a zig-zag"))).isNotEqualTo(rgb(prompt("a zig")));
    assertThat(rgb(prompt("a (zig-zag:1.3)"))).isNotEqualTo(rgb(prompt("a zig-zag")));
  }

  @Test
  void generate_negativePrompt_namesEmbeddingsToo() {
    PromptSpec named = SPEC.toBuilder().negativePrompt("zig-zag, blurry").build();
    PromptSpec words = SPEC.toBuilder().negativePrompt("red house, blurry").build();

    assertThat(rgb(named)).isEqualTo(rgb(words)).isNotEqualTo(rgb(SPEC));
  }

  @Test
  void generate_chunkBorder_movesAllVectors() {
    String letters = "b ".repeat(74);
    assertThat(rgb(prompt(letters + "zig-zag")))
        .isEqualTo(rgb(prompt(letters + "BREAK red house")))
        .isNotEqualTo(rgb(prompt(letters + "red house")));
  }

  @ParameterizedTest
  @EnumSource(LoraMode.class)
  void generate_withLoraInEveryMode_isTheSamePicture(LoraMode mode) {
    PromptSpec named = prompt("a dog <lora:kit:0.8>").toBuilder().loraMode(mode).build();
    PromptSpec words = prompt("a red house <lora:kit:0.8>").toBuilder().loraMode(mode).build();
    assertThat(rgb(named)).isEqualTo(rgb(words));
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      textBlock =
          """
          wide,                "is for SD 1.x (vectors of width 768), but checkpoint 'tiny-sd1'"
          broad,               is for SDXL (vectors of width 768 and 1280)
          broken,              embedding 'broken' cannot be used
          bad <lora:kit:0.8>,  embedding 'bad' is for another model (vectors of width 48)
          """)
  void generate_embeddingThatCannotBeUsed_isAnErrorOrText(String prompt, String trouble) {
    PromptSpec strict = prompt("a red " + prompt);
    assertThatThrownBy(() -> pipeline.generate(strict))
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining(trouble);
    assertThat(pipeline.liveTensors()).isEqualTo(arrays);

    GenerationResult lenient = pipeline.generate(strict.toBuilder().lenient(true).build());
    assertThat(lenient.warnings())
        .singleElement()
        .asString()
        .contains(trouble)
        .endsWith("; its name was read as text");
    try (Pipeline plain =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .loraDirectory(folder.resolve("loras"))
            .lenient(true)
            .build()) {
      byte[] text = plain.generate(strict).first().rgb();
      assertThat(lenient.first().rgb()).isEqualTo(text);
    }
  }

  @Test
  void generate_pictureText_tellsTheHashesOfFiles() {
    PromptSpec spec =
        prompt("a zig-zag, dog <lora:kit:0>").toBuilder().negativePrompt("(zig:0.5)").build();
    Path embeddings = folder.resolve("embeddings");
    String zigZag = FileHashes.sha256(embeddings.resolve("more/zig-zag.safetensors"));
    String zig = FileHashes.sha256(embeddings.resolve("zig.safetensors"));

    assertThat(pipeline.generate(spec).first().infotext())
        .contains(
            "TI hashes: \"zig-zag: %s, zig: %s\", "
                .formatted(zigZag.substring(0, 12), zig.substring(0, 12)));
    assertThat(pipeline.generate(SPEC).first().infotext()).doesNotContain("TI hashes");
  }

  @Test
  void embeddings_ofThePipeline_areThoseOfFoldersAndObjects() {
    assertThat(pipeline.embeddings().list())
        .extracting(Embedding::name)
        .containsExactly("broad", "dog", "my own", "wide", "zig", "zig-zag");
    assertThat(pipeline.embeddings().find("my own").vectors()).isEqualTo(1);
    assertThat(pipeline.embeddings().unreadable())
        .containsOnlyKeys(folder.resolve("embeddings/broken.pt"));
  }

  @Test
  void tokenCount_withEmbeddings_countsTheirVectors() {
    PromptExplanation.Options options =
        new PromptExplanation.Options(20, OptionalInt.empty(), false, pipeline.embeddings().list());
    assertThat(PromptExplanation.of("a (zig-zag:1.2), zig", options).tokens()).isEqualTo(5);
    PromptExplanation two = PromptExplanation.of("b ".repeat(74) + "zig-zag", options);
    assertThat(two.tokens()).isEqualTo(77);
    assertThat(two.chunks()).isEqualTo(2);
    assertThat(two.capacity()).isEqualTo(150);
  }

  @Test
  void explain_withEmbeddings_showsTheirVectors() {
    PromptExplanation explanation =
        PromptExplanation.of(
            "a (zig-zag:1.2)",
            new PromptExplanation.Options(
                20, OptionalInt.empty(), false, pipeline.embeddings().list()));
    assertThat(explanation.texts().get(0).chunks().get(0).subList(1, 5))
        .extracting(token -> token.text() + (float) token.weight())
        .containsExactly("a 1.0", "zig-zag 1/2" + 1.2f, "zig-zag 2/2" + 1.2f, "<|endoftext|>1.0");
  }

  @Test
  void generate_fileThatComesLater_isSeen() {
    byte[] text = rgb(prompt("a quux"));
    Path path = folder.resolve("embeddings/quux.safetensors");
    embedding(path, words("cat"));
    try {
      assertThat(rgb(prompt("a quux"))).isEqualTo(rgb(SPEC)).isNotEqualTo(text);
    } finally {
      assertThat(path.toFile().delete()).isTrue();
    }
    assertThat(rgb(prompt("a quux"))).isEqualTo(text);
  }

  @Test
  void build_embeddingOfAnotherModel_isRefused() {
    Pipeline.Builder builder =
        Fixtures.float32()
            .checkpoint(Checkpoint.open(Fixtures.CHECKPOINT))
            .embedding(Embedding.open(folder.resolve("embeddings/wide.safetensors")));

    assertThatThrownBy(builder::build)
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContainingAll(
            "embedding 'wide' is for SD 1.x (vectors of width 768)", "vectors of width 32");
    builder.lenient(true).build().close();
  }
}
