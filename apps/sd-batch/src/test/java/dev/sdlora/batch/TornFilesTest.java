package dev.sdlora.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.image.Image;
import dev.sdlora.request.json.Fields;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;
import org.jspecify.annotations.Nullable;

/** Files that were cut off at any byte. */
final class TornFilesTest {
  private static final byte[] PNG =
      new GeneratedImage(Image.of(8, 8, new byte[8 * 8 * 3]), 1, "x").png();

  private @Nullable Path folder;

  @BeforeTry
  void makeFolder() throws IOException {
    folder = Files.createTempDirectory("batch");
  }

  @AfterTry
  void deleteFolder() throws IOException {
    Files.deleteIfExists(file("picture.png"));
    Files.deleteIfExists(file(ResultFile.NAME));
    Files.deleteIfExists(file(""));
  }

  private Path file(String name) {
    if (folder == null) {
      throw new AssertionError("not in a try");
    }
    return folder.resolve(name);
  }

  @Property(tries = 150)
  void picture_cutAnywhere_isNotWhole(@ForAll @IntRange(max = 99) int percent) throws IOException {
    int length = PNG.length * percent / 100;
    Files.write(file("picture.png"), Arrays.copyOf(PNG, length));
    assertThat(OutputFolder.isWhole(file("picture.png"))).isFalse();
    Files.write(file("picture.png"), PNG);
    assertThat(OutputFolder.isWhole(file("picture.png"))).isTrue();
  }

  @Property(tries = 60)
  void results_cutAnywhere_goOnWithTheWholeLines(
      @ForAll @IntRange(max = 5) int lines, @ForAll @IntRange(max = 1000) int permille)
      throws IOException {
    for (int i = 0; i < lines; i++) {
      ResultFile.open(file("")).add(result(i));
    }
    byte[] whole = lines == 0 ? new byte[0] : Files.readAllBytes(file(ResultFile.NAME));
    byte[] torn = Arrays.copyOf(whole, whole.length * permille / 1000);
    Files.write(file(ResultFile.NAME), torn);
    String before = new String(torn, StandardCharsets.UTF_8);
    // A line that lacks only its line break is complete, so there may be one more line than line
    // breaks.
    long ended = before.chars().filter(sign -> sign == '\n').count();

    ResultFile results = ResultFile.open(file(""));
    results.add(result(9));
    List<String> after = Files.readAllLines(file(ResultFile.NAME));
    assertThat(after).hasSizeBetween((int) ended + 1, (int) ended + 2);
    assertThat(after).last().isEqualTo(Fields.text(result(9)));
    for (int i = 0; i < after.size() - 1; i++) {
      assertThat(after.get(i)).isEqualTo(Fields.text(result(i)));
      assertThat(results.find(request(i))).isPresent();
    }
    assertThat(results.find(request(9)).orElseThrow().fresh()).isTrue();
  }

  private static ObjectNode result(int number) {
    return Fields.object().put("id", "ü" + number).put("hash", "h").put("error", "é\n\"".repeat(9));
  }

  private static BatchRequest request(int number) {
    return new BatchRequest(
        "ü" + number, "h", 1, Optional.empty(), List.of(), "{}", Optional.empty());
  }
}
