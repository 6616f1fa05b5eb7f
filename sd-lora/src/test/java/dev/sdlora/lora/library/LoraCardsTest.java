package dev.sdlora.lora.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraDetails;
import dev.sdlora.api.lora.LoraDetails.Module;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.lora.TriggerWord.Source;
import dev.sdlora.api.model.ModelPart;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraCardsTest {
  @TempDir Path folder;
  private final LoraFiles files = new LoraFiles();
  private final LoraCards cards = new LoraCards(files);

  private LoraAdapter lora(Map<String, String> metadata, String... keys) {
    Path path = TinyLoras.write(folder.resolve("ink.v2.safetensors"), metadata, keys);
    return LoraFiles.adapter(files.open(path));
  }

  private void beside(String ending, String text) throws IOException {
    Files.writeString(folder.resolve("ink.v2." + ending), text);
  }

  @Test
  void details_fileAlone_tellsWhatItHas() {
    LoraAdapter lora =
        lora(Map.of("ss_clip_skip", "2"), "lora_unet_x", "lora_unet_y", "lora_te_text_model_z");
    LoraDetails details = cards.details(lora);

    assertThat(details.bytes()).isEqualTo(lora.path().toFile().length());
    assertThat(details.modules())
        .hasSize(3)
        .contains(new Module("lora_unet_x", ModelPart.UNET, "LoRA", 1, OptionalDouble.of(0.5)));
    assertThat(details.modulesByPart())
        .containsExactly(entry(ModelPart.TEXT_ENCODER, 1), entry(ModelPart.UNET, 2));
    assertThat(details.modulesByRank()).containsExactly(entry(1, 3));
    assertThat(details.training().clipSkip()).hasValue(2);
    assertThat(details.triggerWords()).isEmpty();
    assertThat(details.preferredWeight()).isEmpty();
    assertThat(details.preview()).isEmpty();
  }

  @Test
  void details_filesBeside_tellHowToUseIt() throws IOException {
    beside(
        "json",
        """
        {"description": "long", "notes": "with care", "activation text": "zorp, ink",
         "preferred weight": 0.7, "negative text": "colour", "sd version": "SD1"}\
        """);
    beside(
        "civitai.info",
        """
        {"trainedWords": ["zorp, INK", "", "old zorp"], "baseModel": "SD 1.5"}\
        """);
    beside("preview.png", "");
    LoraDetails details = cards.details(lora(Map.of(), "lora_unet_x"));

    assertThat(details.preferredWeight()).hasValue(0.7);
    assertThat(details.negativeText()).contains("colour");
    assertThat(details.notes()).contains("with care");
    assertThat(cards.description(lora(Map.of(), "lora_unet_x"))).contains("long");
    assertThat(details.preview()).contains(folder.resolve("ink.v2.preview.png"));
    assertThat(details.training().checkpoint()).contains("SD 1.5");
    assertThat(details.triggerWords())
        .containsExactly(
            TriggerWord.of("zorp, ink", Source.ACTIVATION_TEXT),
            TriggerWord.of("old zorp", Source.TRAINED_WORDS));
  }

  @Test
  void triggerWords_allSources_theMostDeliberateFirst() throws IOException {
    beside("civitai.info", "{\"trainedWords\": [\"moxin\"]}");
    LoraAdapter lora =
        lora(
            Map.of(
                "modelspec.trigger_phrase", "shuimo",
                "ss_tag_frequency", "{\"x\": {\"moxin\": 9, \"ink\": 4}}"),
            "lora_unet_x");
    assertThat(cards.triggerWords(lora))
        .containsExactly(
            TriggerWord.of("moxin", Source.TRAINED_WORDS),
            TriggerWord.of("shuimo", Source.TRIGGER_PHRASE),
            TriggerWord.counted("ink", 4));
  }

  @Test
  void triggerWords_wordsOfAllCaptions_areNone() {
    LoraAdapter sentences =
        lora(
            Map.of(
                "ss_tag_frequency",
                "{\"x\": {\"a small orange zorp at the top of a black background\": 9}}"),
            "lora_unet_x");
    assertThat(cards.triggerWords(sentences)).containsExactly(TriggerWord.counted("zorp", 9));

    String tags =
        IntStream.range(0, 30)
            .mapToObj(i -> String.format(Locale.ROOT, "\"t%02d\": %s", i, i + 1))
            .collect(
                Collectors.joining(
                    ", ",
                    "{\"x\": {\"1girl\": 99, \"Looking_at_viewer\": 98, \"SOLO\": 97, ",
                    "}}"));
    assertThat(cards.triggerWords(lora(Map.of("ss_tag_frequency", tags), "lora_unet_x")))
        .extracting(TriggerWord::text)
        .hasSize(24)
        .startsWith("t29")
        .endsWith("t06");
  }

  @Test
  void triggerWords_embeddingsInTheFile_comeFirst() throws IOException {
    beside("json", "{\"activation text\": \"zorp\"}");
    Path path = folder.resolve("ink.v2.safetensors");
    new SafetensorsWriter()
        .metadata("<s1>", "<embed>")
        .tensor("lora_unet_x.lora_down.weight", List.of(1L, 2L), new float[2], DType.F16)
        .tensor("lora_unet_x.lora_up.weight", List.of(2L, 1L), new float[2], DType.F16)
        .tensor("<s1>", List.of(768L), new float[768], DType.F16)
        .tensor("bundle_emb.<s2>.emb_params", List.of(1L, 768L), new float[768], DType.F16)
        .write(path);
    LoraAdapter lora = LoraFiles.adapter(files.open(path));

    assertThat(cards.triggerWords(lora))
        .containsExactly(
            TriggerWord.of("<s1>", Source.TRAINED_ALONG),
            TriggerWord.of("<s2>", Source.TRAINED_ALONG),
            TriggerWord.of("zorp", Source.ACTIVATION_TEXT));
  }

  @Test
  void triggerWords_fileBesideChanges_isSeen() throws IOException {
    LoraAdapter lora = lora(Map.of(), "lora_unet_x");
    assertThat(cards.triggerWords(lora)).isEmpty();
    beside("json", "{\"activation text\": \"zorp\"}");
    assertThat(cards.triggerWords(lora)).extracting(TriggerWord::text).containsExactly("zorp");
    Files.delete(folder.resolve("ink.v2.json"));
    assertThat(cards.triggerWords(lora)).isEmpty();
  }

  @Test
  void details_strangeFilesBeside_countAsMissing() throws IOException {
    beside("json", "{\"preferred weight\": 0, \"activation text\": [1], \"notes\": \"x\" oops");
    beside("civitai.info", "[\"trainedWords\"]");
    Files.createDirectory(folder.resolve("ink.v2.png"));
    beside("jpg", "");
    LoraDetails details = cards.details(lora(Map.of(), "lora_unet_x"));
    assertThat(details.preferredWeight()).isEmpty();
    assertThat(details.triggerWords()).isEmpty();
    assertThat(details.preview()).contains(folder.resolve("ink.v2.jpg"));
  }

  @Test
  void details_weightZero_isUnset_textIsRead() throws IOException {
    beside("json", "{\"preferred weight\": 0}");
    assertThat(cards.details(lora(Map.of(), "lora_unet_x")).preferredWeight()).isEmpty();
    beside("json", "{\"preferred weight\": \"0.65\"}");
    assertThat(cards.details(lora(Map.of(), "lora_unet_x")).preferredWeight()).hasValue(0.65);
  }

  @Test
  void kinds_convolutions_areCalledLoCon() {
    Path path = folder.resolve("conv.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    add(writer, "lora_unet_a", 1);
    add(writer, "lora_unet_b", 3);
    add(writer, "lora_unet_c", 3);
    writer.write(path);
    LoraAdapter lora = LoraFiles.adapter(files.open(path));
    assertThat(cards.kinds(lora)).containsExactly("LoCon", "LoRA");
    assertThat(cards.details(lora).modules())
        .extracting(Module::alpha)
        .containsOnly(OptionalDouble.empty());
  }

  private static void add(SafetensorsWriter writer, String key, long kernel) {
    int size = (int) (2 * kernel * kernel);
    writer
        .tensor(
            key + ".lora_down.weight", List.of(1L, 2L, kernel, kernel), new float[size], DType.F16)
        .tensor(key + ".lora_up.weight", List.of(2L, 1L, 1L, 1L), new float[2], DType.F16);
  }

  @Test
  void kinds_fileGone_isRefused() throws IOException {
    LoraAdapter lora = lora(Map.of(), "lora_unet_x");
    Files.delete(lora.path());
    assertThatThrownBy(() -> cards.kinds(lora))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void hashes_metadataEdited_onlyThatOfTheDataStays() {
    Path path = lora(Map.of(), "lora_unet_x").path();
    String sha256 = files.sha256(path);
    String autoV3 = files.hash(path);
    Path edited = lora(Map.of("a", "b"), "lora_unet_x").path();
    assertThat(sha256).matches("[0-9a-f]{64}").isNotEqualTo(files.sha256(edited));
    assertThat(autoV3).matches("[0-9a-f]{12}").isEqualTo(files.hash(edited));
  }
}
