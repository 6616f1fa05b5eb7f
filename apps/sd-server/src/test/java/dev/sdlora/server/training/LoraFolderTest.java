package dev.sdlora.server.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.LoraLibrary;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.server.http.ErrorMessages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraFolderTest {
  @TempDir Path folder;

  private LoraFolder loras() {
    return new LoraFolder(Optional.empty(), LoraLibrary.open(folder));
  }

  @Test
  void publish_nameTakenMeanwhile_getsANumberAndReplacesNothing() throws IOException {
    Path lora = DemoModel.loras().resolve("night.safetensors");
    Files.writeString(folder.resolve("mine.safetensors"), "somebody else's");
    assertThat(loras().publish(lora, "mine")).isEqualTo("mine-2");
    assertThat(loras().publish(lora, "mine")).isEqualTo("mine-3");
    assertThat(folder.resolve("mine.safetensors")).hasContent("somebody else's");
    assertThat(folder.resolve("mine-3.safetensors")).hasSameBinaryContentAs(lora);
    assertThat(folder).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void publish_folderThatCannotBeWritten_isOneSentenceForClients() throws IOException {
    Path lora = DemoModel.loras().resolve("night.safetensors");
    LoraFolder loras = loras();
    Files.delete(folder);
    assertThatThrownBy(() -> loras.publish(lora, "mine"))
        .satisfies(
            error ->
                assertThat(new ErrorMessages(List.of()).of(error).sentence())
                    .isEqualTo(
                        "LoRA 'mine' cannot be written to the folder of LoRAs: no such file or"
                            + " folder"));
  }

  @Test
  void publishPreview_imageOfThatNameThere_leavesIt() throws IOException {
    Path sample = Files.writeString(folder.resolve("sample"), "sample");
    Files.writeString(folder.resolve("mine.png"), "somebody else's");
    loras().publishPreview(sample, "mine");
    loras().publishPreview(sample, "new");
    assertThat(folder.resolve("mine.png")).hasContent("somebody else's");
    assertThat(folder.resolve("new.png")).hasContent("sample");
  }

  @Test
  void requireFree_noFolder_isToldHowToGiveOne() {
    LoraFolder none = new LoraFolder(Optional.empty(), LoraLibrary.open(List.of()));
    assertThatThrownBy(() -> none.requireFree("a")).hasMessageContaining("--training-dir");
  }

  @Test
  void requireFree_takenInAnotherFolderOfTheLibrary_isRefused() throws IOException {
    Path inside = Files.createDirectory(folder.resolve("inside"));
    Files.copy(DemoModel.loras().resolve("night.safetensors"), inside.resolve("Night.safetensors"));
    assertThatThrownBy(() -> loras().requireFree("night")).hasMessageContaining("'night' already");
    assertThat(loras().requireFree("Nächte 2.1")).isEqualTo("Nächte 2.1");
  }
}
