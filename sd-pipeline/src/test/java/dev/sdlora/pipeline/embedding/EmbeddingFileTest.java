package dev.sdlora.pipeline.embedding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.Embedding;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of embeddings in every supported file format. */
class EmbeddingFileTest {
  @TempDir Path folder;

  private static Path resource(String name) {
    try {
      return Path.of(Objects.requireNonNull(EmbeddingFileTest.class.getResource(name)).toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static float[] sixtyFourths(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i / 64f;
    }
    return values;
  }

  /** Writes tensors of multiples of 1/64. */
  private Path write(String name, Map<String, List<Long>> shapes) {
    SafetensorsWriter writer = new SafetensorsWriter();
    shapes.forEach(
        (tensor, shape) -> {
          int count = (int) shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
          writer.tensor(tensor, shape, sixtyFourths(count), DType.F32);
        });
    Path path = folder.resolve(name);
    writer.write(path);
    return path;
  }

  private static void assertHolds(EmbeddingFile file, String name, int vectors, int width) {
    assertThat(file.details().name()).isEqualTo(name);
    assertThat(file.details().vectors()).isEqualTo(vectors);
    assertThat(file.details().widths()).containsExactly(width);
    assertThat(file.word().vectors()).isEqualTo(vectors);
    assertThat(file.word().values(0)).containsExactly(sixtyFourths(vectors * width));
  }

  @Test
  void open_parameterDictOfA1111_givesItsVectors() {
    assertHolds(EmbeddingFile.open(resource("a1111.pt")), "a1111", 2, 32);
  }

  @Test
  void open_wordOfDiffusers_givesItsVector() {
    assertHolds(EmbeddingFile.open(resource("learned_embeds.bin")), "learned_embeds", 1, 32);
  }

  @ParameterizedTest
  @ValueSource(strings = {"emb_params", "string_to_param.*", "<cat-toy>", "*"})
  void open_oneTensor_givesItsVectors(String tensor) {
    Path path = write("Easy.v2.safetensors", Map.of(tensor, List.of(3L, 768L)));

    EmbeddingFile file = EmbeddingFile.open(path);

    assertHolds(file, "Easy.v2", 3, 768);
    assertThat(file.details().family()).isEqualTo(ModelFamily.SD1);
  }

  @ParameterizedTest
  @CsvSource({"clip_l, clip_g", "text_encoders_0, text_encoders_1"})
  void open_tensorsForTwoTextEncoders_areInTheOrderOfSdxl(String first, String second) {
    EmbeddingFile file =
        EmbeddingFile.open(
            write("xl.safetensors", Map.of(second, List.of(2L, 1280L), first, List.of(2L, 768L))));

    assertThat(file.details().family()).isEqualTo(ModelFamily.SDXL);
    assertThat(file.details().widths()).containsExactly(768, 1280);
    assertThat(file.word().values(0)).hasSize(2 * 768);
    assertThat(file.word().values(1)).hasSize(2 * 1280);
  }

  @Test
  void open_textInPng_hasTheNameWrittenThere() throws IOException {
    Path path = folder.resolve("cat-500.png");
    TestImages.withText(path, TestImages.json("my cat", 2, 32));

    assertHolds(EmbeddingFile.open(path), "my cat", 2, 32);
  }

  @ParameterizedTest
  @CsvSource({"0, 64", "7, 48"})
  void open_pixels_hasTheNameWrittenThere(int margin, int height) throws IOException {
    Path path = folder.resolve("cat-500.png");
    TestImages.withPixels(path, TestImages.json("my cat", 5, 32), height, margin);

    assertHolds(EmbeddingFile.open(path), "my cat", 5, 32);
  }

  /** The first numbers of the generator, as printed by another program. */
  @Test
  void mask_firstNumbers_areKnown() {
    HiddenText.Mask mask = new HiddenText.Mask();
    assertThat(IntStream.generate(mask::next).limit(6))
        .containsExactly(253 & 15, 242 & 15, 127 & 15, 44 & 15, 157 & 15, 27 & 15);
  }

  @Test
  void open_pixelsStoredWithLoss_saysSo() throws IOException {
    Path path = folder.resolve("cat.png");
    TestImages.withPixels(path, TestImages.json("cat", 5, 32), 64, 0);
    BufferedImage image = ImageIO.read(path.toFile());
    for (int row = 8; row < 64; row++) {
      image.setRGB(2, row, 0x111111);
    }
    ImageIO.write(image, "png", path.toFile());

    assertThatThrownBy(() -> EmbeddingFile.open(path))
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining("cat.png")
        .hasMessageContaining("has a damaged embedding in its pixels");
  }

  @Test
  void open_ordinaryPicture_holdsNone() throws IOException {
    Path path = folder.resolve("a.png");
    ImageIO.write(TestImages.noise(40, 30), "png", path.toFile());

    assertThat(EmbeddingFile.find(path)).isEmpty();
    assertThatThrownBy(() -> EmbeddingFile.open(path))
        .hasMessage("'" + path + "' is an image that contains no embedding");
  }

  @Test
  void find_preview_isPassedOver() throws IOException {
    Path path = folder.resolve("cat.preview.png");
    TestImages.withText(path, TestImages.json("cat", 1, 4));

    assertThat(EmbeddingFile.find(path)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"string_to_param": {"*": {"TORCHTENSOR": [[1, 2], [3]]}}}    | is not a matrix of numbers
          {"string_to_param": {"*": {"TORCHTENSOR": [["a"]]}}}          | is not a matrix of numbers
          {"string_to_param": {"*": {"TORCHTENSOR": []}}}               | expected [vectors, width]
          {"string_to_param": {"*": {"TORCHTENSOR": [[1e99]]}}}         | holds NaN or infinity
          {"name": "cat"}                                               | it has 0 tensors
          not JSON                                                      | is not JSON
          """)
  void open_strangeTextInPng_isRefused(String json, String trouble) throws IOException {
    Path path = folder.resolve("a.png");
    TestImages.withText(path, json);

    assertThatThrownBy(() -> EmbeddingFile.open(path))
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining("a.png")
        .hasMessageContaining(trouble);
  }

  @Test
  void open_whatIsNoEmbedding_saysWhatIsWrong() {
    assertRefused(Map.of("a", List.of(1L), "b", List.of(1L)), "is not an embedding: it has 2 tens");
    assertRefused(
        Map.of("string_to_param.a", List.of(4L), "string_to_param.b", List.of(4L)),
        "holds 2 embeddings");
    assertRefused(Map.of("a", List.of(1L, 2L, 3L)), "expected [vectors, width]");
    assertRefused(Map.of("a", List.of()), "expected [vectors, width]");
    assertRefused(Map.of("a", List.of(1L, 20_000L)), "expected [vectors, width]");
    assertRefused(Map.of("a", List.of(76L, 4L)), "has 76 vectors, more than the 75");
    assertRefused(
        Map.of("clip_l", List.of(2L, 4L), "clip_g", List.of(1L, 4L)),
        "a different number of vectors for each text encoder: [2, 1]");
  }

  private void assertRefused(Map<String, List<Long>> shapes, String trouble) {
    Path path = write("x.safetensors", shapes);
    assertThatThrownBy(() -> EmbeddingFile.open(path))
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining("x.safetensors")
        .hasMessageContaining(trouble);
  }

  @Test
  void open_notANumber_isRefused() {
    Path path = folder.resolve("nan.safetensors");
    new SafetensorsWriter()
        .tensor("emb_params", List.of(2L), new float[] {1, Float.NaN}, DType.F16)
        .write(path);

    assertThatThrownBy(() -> EmbeddingFile.open(path)).hasMessageContaining("NaN or infinity");
  }

  @Test
  void library_foldersAndPictures_seesThemAsTheyAre() throws IOException {
    Files.createDirectories(folder.resolve("a/b"));
    FolderEmbeddings library =
        FolderEmbeddings.open(new EmbeddingFiles(), List.of(folder), List.of());
    assertThat(library.list()).isEmpty();

    write("cat.safetensors", Map.of("*", List.of(1L, 4L)));
    Path last = write("a/b/cat.safetensors", Map.of("*", List.of(2L, 4L)));
    TestImages.withText(folder.resolve("x.png"), TestImages.json("dog", 1, 4));
    ImageIO.write(TestImages.noise(9, 9), "png", folder.resolve("cat.png").toFile());
    Files.writeString(folder.resolve("bird.pt"), "no tensors");

    assertThat(library.list()).extracting(Embedding::name).containsExactly("cat", "cat", "dog");
    assertThat(library.find("cat").path()).isEqualTo(last);
    assertThat(library.unreadable()).containsOnlyKeys(folder.resolve("bird.pt"));
    assertThatThrownBy(() -> library.find("cats"))
        .isInstanceOf(EmbeddingException.class)
        .hasMessageContaining("did you mean 'cat'?");
    Files.delete(last);
    assertThat(library.find("cat").vectors()).isEqualTo(1);
  }

  @Test
  void library_folderThatIsNone_isRefused() {
    List<Path> folders = List.of(folder.resolve("gone"));
    assertThatThrownBy(() -> FolderEmbeddings.open(new EmbeddingFiles(), folders, List.of()))
        .isInstanceOf(EmbeddingException.class)
        .hasMessage("embedding directory '" + folders.get(0) + "' does not exist");
  }

  @Test
  void hash_ofAFile_isA1111s() throws IOException {
    Path path = Files.writeString(folder.resolve("abc.pt"), "abc");

    assertThat(new EmbeddingFiles().hash(path)).isEqualTo("ba7816bf8f01");
  }
}
