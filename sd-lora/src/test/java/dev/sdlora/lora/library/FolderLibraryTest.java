package dev.sdlora.lora.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraException;
import dev.sdlora.tensors.file.DType;
import dev.sdlora.tensors.file.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLibraryTest {
  @TempDir Path folder;

  private Path lora(String name, String alias) throws IOException {
    Path path = folder.resolve(name);
    Files.createDirectories(path.getParent());
    SafetensorsWriter writer =
        new SafetensorsWriter()
            .tensor("x.lora_down.weight", List.of(1L, 2L), new float[2], DType.F16)
            .tensor("x.lora_up.weight", List.of(2L, 1L), new float[2], DType.F16);
    if (!alias.isEmpty()) {
      writer.metadata("ss_output_name", alias);
    }
    writer.write(path);
    return path;
  }

  private FolderLibrary library() {
    return new FolderLibrary(new LoraFiles(), List.of(folder));
  }

  @Test
  void find_fileNameOrTrainersName_findsTheFile() throws IOException {
    Path ink = lora("styles/ink-v2.1.safetensors", "Moxin");
    FolderLibrary library = library();

    assertThat(library.find("ink-v2.1").path()).isEqualTo(ink);
    assertThat(library.find("Moxin").path()).isEqualTo(ink);
  }

  @Test
  void find_fileNameAndTrainersNameOfOthers_fileNameGoesFirst() throws IOException {
    Path a = lora("a.safetensors", "b");
    Path b = lora("b.safetensors", "");
    assertThat(library().find("b").path()).isEqualTo(b);
    assertThat(library().find("a").path()).isEqualTo(a);
  }

  @Test
  void find_trainersNameOfSeveral_isRefused() throws IOException {
    lora("a.safetensors", "same");
    lora("b.safetensors", "same");
    assertThatThrownBy(() -> library().find("same"))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("several files");
  }

  @Test
  void find_fileAddedAfterwards_isSeen() throws IOException {
    FolderLibrary library = library();
    Path late = lora("late.safetensors", "");
    assertThat(library.find("late").path()).isEqualTo(late);
    Files.delete(late);
    assertThatThrownBy(() -> library.find("late")).isInstanceOf(LoraException.class);
  }

  @Test
  void find_unknown_namesTheNearest() throws IOException {
    lora("Ink_Style.safetensors", "moxin");
    lora("something else.safetensors", "");
    assertThatThrownBy(() -> library().find("inkstyle"))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("'inkstyle' is not in")
        .hasMessageContaining("did you mean 'Ink_Style'?");
    assertThatThrownBy(() -> library().find("zzzzzzzz"))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("did you mean"));
  }

  @Test
  void list_damagedFile_isKeptApartWithItsReason() throws IOException {
    lora("good.safetensors", "");
    Path pointer = folder.resolve("pointer.safetensors");
    Files.writeString(pointer, "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
    FolderLibrary library = library();

    assertThat(library.list()).extracting(LoraAdapter::name).containsExactly("good");
    assertThat(library.unreadable()).containsOnlyKeys(pointer);
    assertThatThrownBy(() -> library.find("pointer"))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("Git LFS");
  }

  @Test
  void open_fileOrNothing_isRefused() throws IOException {
    Path file = lora("a.safetensors", "");
    assertThatThrownBy(() -> new FolderLibrary(new LoraFiles(), List.of(file)))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("is a file");
    assertThatThrownBy(() -> new FolderLibrary(new LoraFiles(), List.of(folder.resolve("missing"))))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void files_unchangedFile_isOpenedOnce() throws IOException {
    Path path = lora("a.safetensors", "");
    LoraFiles files = new LoraFiles();
    assertThat(files.open(path)).isSameAs(files.open(path));
    assertThat(files.hash(path)).matches("[0-9a-f]{12}");
  }
}
