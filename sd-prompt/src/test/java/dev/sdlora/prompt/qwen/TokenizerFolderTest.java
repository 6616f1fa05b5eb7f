package dev.sdlora.prompt.qwen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.prompt.Goldens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerFolderTest {
  private static final String IDS =
      """
      {"a": 0, "b": 1, "c": 2, "\\u0120": 3, "ab": 4, "abc": 5, "\\u0120a": 9, "unused": 7}
      """;
  private static final String SPECIALS =
      "{\"<|endoftext|>\": 10, \"<|im_start|>\": 11, \"<|im_end|>\": 12, \"<x>\": 13}";
  private static final String LISTED =
      """
      [{"id": 10, "content": "<|endoftext|>", "special": true}, {"content": "<|im_start|>",
      "id": 11}, {"id": 12, "content": "<|im_end|>"}, {"id": 13, "content": "<x>"}]
      """;

  @TempDir Path folder;

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private void writeSmall() throws IOException {
    write("vocab.json", IDS);
    write("merges.txt", "#version: 0.2\na b\nab c\n\u0120 a\n");
  }

  private void writeWhole(String model, String added) throws IOException {
    write(
        "tokenizer.json",
        "{\"version\": \"1.0\", \"x\": [1.5e3, {\"y\": [null, \"]\\\"\"]}], \"added_tokens\": "
            + added
            + ", \"model\": "
            + model
            + "}");
  }

  private static String model(String merges) {
    return "{\"type\": \"BPE\", \"unk_token\": null, \"end_of_word_suffix\": null, \"merges\": "
        + merges
        + ", \"vocab\": "
        + IDS
        + "}";
  }

  private QwenTokenizer read() {
    return QwenTokenizer.read(folder);
  }

  @Test
  void read_wholeVocabulary_agreesWithQwen3() throws IOException {
    NaiveBytePairs names = new NaiveBytePairs();
    new ObjectMapper().writeValue(folder.resolve("vocab.json").toFile(), names.ids);
    write("merges.txt", "#version: 0.2\n" + String.join("\n", names.merges) + "\n");

    QwenTokenizer tokenizer = read();

    assertThat(tokenizer.size()).isEqualTo(QwenTokenizer.load().size());
    assertThat(Goldens.qwenTokens().map(golden -> golden.get("text").textValue()))
        .allSatisfy(
            text ->
                assertThat(tokenizer.encode(text))
                    .containsExactly(QwenTokenizer.load().encode(text)));
  }

  @Test
  void read_smallVocabulary_hasItsIds() throws IOException {
    writeSmall();

    QwenTokenizer tokenizer = read();

    assertThat(tokenizer.encode("abc aab")).containsExactly(5, 9, 4);
    assertThat(tokenizer.decode(5, 9, 4)).isEqualTo("abc aab");
    // As in Hugging Face's library, a byte without an id is left out.
    assertThat(tokenizer.encode("zazbz")).containsExactly(4);
    assertThat(tokenizer.encode("zz")).isEmpty();
  }

  @Test
  void read_noSpecialTokens_followTheVocabulary() throws IOException {
    writeSmall();

    QwenTokenizer tokenizer = read();

    assertThat(tokenizer.padding()).isEqualTo(10);
    assertThat(tokenizer.encode("a</think>")).containsExactly(0, 35);
    assertThat(tokenizer.size()).isEqualTo(36);
    assertThat(QwenPrompt.klein("abc", tokenizer).ids()).endsWith(10, 10).hasSize(512);
  }

  @ParameterizedTest
  @ValueSource(strings = {"added_tokens.json", "tokenizer_config.json", "tokenizer.json"})
  void read_specialTokensInAnyFile_areRecognized(String file) throws IOException {
    writeSmall();
    switch (file) {
      case "added_tokens.json" -> write(file, SPECIALS);
      case "tokenizer.json" -> writeWhole("{\"type\": \"ignored\"}", LISTED);
      default ->
          write(
              file,
              """
              {"pad_token": "<|endoftext|>", "added_tokens_decoder": {"10": {"content":
              "<|endoftext|>"}, "11": {"content": "<|im_start|>", "lstrip": false}, "12":
              {"content": "<|im_end|>"}, "13": {"content": "<x>"}}}
              """);
    }

    assertThat(read().encode("<x>ab<|im_end|>")).containsExactly(13, 4, 12);
    assertThat(read().size()).isEqualTo(14);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\"a b\", \"ab c\", \"\u0120 a\"]",
        "[[\"a\", \"b\"], [\"ab\", \"c\"], [\"\\u0120\", \"a\"]]"
      })
  void read_wholeFileAlone_isEnough(String merges) throws IOException {
    writeWhole(model(merges), LISTED);
    write("vocab.json", "not read without merges.txt");

    assertThat(read().encode("<x>abc a")).containsExactly(13, 5, 9);
  }

  /** The later of two pairs of the same symbol has its own rank. */
  @Test
  void read_twoPairsOfOneSymbol_joinToIt() throws IOException {
    write("vocab.json", "{\"a\": 0, \"b\": 1, \"c\": 2, \"ab\": 3, \"bc\": 4, \"abc\": 5}");
    write("merges.txt", "b c\na b\nab c\na bc\n");

    assertThat(read().encode("abc")).containsExactly(5);
    assertThat(read().decode(5)).isEqualTo("abc");
  }

  @Test
  void read_nothing_isRefused() {
    assertThatThrownBy(this::read)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("has neither vocab.json and merges.txt nor tokenizer.json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "''                     | expected '{', found '''",
        "[]                     | expected '{', found '[' (line 1, column 1)",
        "{                      | found the end of the file",
        "{'a                    | expected the end of a string",
        "{'a\\                  | expected an escape sequence, found the end of the file",
        "{'\\x':1}              | expected an escape sequence, found 'x' (line 1, column 4)",
        "{'\\u00g0':1}          | expected a hexadecimal digit, found 'g'",
        "{'a' 1}                | expected ':', found '1'",
        "{'a':-1}               | expected an integer from 0 to 1048575, found '-'",
        "{'a':1.5}              | expected an integer from 0 to 1048575, found '1'",
        "{'a':1048576}          | expected an integer from 0 to 1048575",
        "{'a':99999999999999}   | expected an integer from 0 to 1048575",
        "{'a':'b'}              | expected an integer",
        "{'a':1} x              | expected the end of the file, found 'x'",
        "{'a':1,}               | found '}'",
      })
  void read_damagedIds_areRefusedWithThePlace(String json, String message) throws IOException {
    write("vocab.json", json.replace('\'', '"'));
    write("merges.txt", "");

    assertThatThrownBy(this::read)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("vocab.json' cannot be read")
        .hasMessageContaining(message.replace("found '''", "found '\"'"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a         | the merge 'a' must be two names with a blank between them",
        "a b c     | the merge 'a b c' must be two names",
        "ab c      | the list of merges joins 'ab' before defining it",
        "a c       | its merges join to 'ac', which has no id",
      })
  void read_damagedMerges_areRefused(String merges, String message) throws IOException {
    write("vocab.json", IDS);
    write("merges.txt", merges);

    assertThatThrownBy(this::read)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(message);
  }

  @Test
  void read_otherKindsOfTokenizer_areRefused() throws IOException {
    writeWhole("{\"type\": \"Unigram\", \"vocab\": [[\"a\", -1.5]]}", "[]");
    assertThatThrownBy(this::read)
        .hasMessageContaining("the type of its model is 'Unigram', expected 'BPE'");

    writeWhole("{\"end_of_word_suffix\": \"</w>\"}", "[]");
    assertThatThrownBy(this::read).hasMessageContaining("is '</w>', expected ''");

    writeWhole(model("[\"a b\"]"), "[{\"id\": 9, \"content\": \"<s>\"}]");
    assertThatThrownBy(this::read).hasMessageContaining("its added tokens lack <|endoftext|>");

    writeWhole(model("[[\"a\", \"b\", \"c\"]]"), LISTED);
    assertThatThrownBy(this::read).hasMessageContaining("has 3 names, expected 2");

    writeWhole(model("[]"), "[{\"content\": \"<s>\"}]");
    assertThatThrownBy(this::read).hasMessageContaining("added token '<s>' has no id");

    writeWhole(model("[]"), "[{\"id\": 1}]");
    assertThatThrownBy(this::read).hasMessageContaining("its added token 1 has no name");
  }

  @Test
  void read_deepNesting_isSkipped() throws IOException {
    writeSmall();
    write("tokenizer_config.json", "{\"x\": " + "[".repeat(1_000_000));

    assertThatThrownBy(this::read)
        .hasMessageContaining("expected a value, found the end of the file");
  }

  @Test
  void read_deeplyNestedMerges_areDecoded() throws IOException {
    StringBuilder ids = new StringBuilder("{\"a\": 0");
    StringBuilder merges = new StringBuilder();
    for (int i = 1; i < 3000; i++) {
      merges.append("a".repeat(i)).append(" a\n");
      ids.append(", \"").append("a".repeat(i + 1)).append("\": ").append(i);
    }
    write("vocab.json", ids + "}");
    write("merges.txt", merges.toString());

    assertThat(read().decode(2999)).isEqualTo("a".repeat(3000));
  }

  @Test
  void read_notUtf8_isRefused() throws IOException {
    writeSmall();
    Files.write(folder.resolve("vocab.json"), new byte[] {'{', '"', (byte) 0xFF, '"'});

    assertThatThrownBy(this::read)
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining("it is not UTF-8");
  }

  @Test
  void read_folderInPlaceOfFile_isRefused() throws IOException {
    writeSmall();
    Files.delete(folder.resolve("vocab.json"));
    Files.createDirectory(folder.resolve("vocab.json"));

    assertThatThrownBy(this::read).hasMessageContaining("it is not a regular file");
  }

  @Test
  void read_hugeFile_isRefused() throws IOException {
    writeSmall();
    write("vocab.json", " ".repeat((32 << 20) + 1));

    assertThatThrownBy(this::read).hasMessageContaining("it has more than 33554432 bytes");
  }
}
