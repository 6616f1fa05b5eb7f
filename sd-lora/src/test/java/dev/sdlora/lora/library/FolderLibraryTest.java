package dev.sdlora.lora.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.lora.LoraQuery;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.LoraFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLibraryTest {
  @TempDir Path folder;

  private Path lora(String name, String alias) {
    return TinyLoras.write(
        folder.resolve(name), alias.isEmpty() ? Map.of() : Map.of("ss_output_name", alias));
  }

  private FolderLibrary library() {
    return library(folder);
  }

  private static FolderLibrary library(Path... folders) {
    LoraFiles files = new LoraFiles();
    return FolderLibrary.open(files, new LoraCards(files), List.of(folders));
  }

  private static List<String> names(List<LoraAdapter> loras) {
    return loras.stream().map(LoraAdapter::name).toList();
  }

  /** Replaces the content by other bytes of the same length, keeping the time stamp. */
  private static void replaceUnseen(Path path, byte[] bytes) throws IOException {
    FileTime before = Files.getLastModifiedTime(path);
    assertThat((long) bytes.length).isEqualTo(Files.size(path));
    Files.write(path, bytes);
    Files.setLastModifiedTime(path, before);
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
  void find_trainersNameOfSeveral_standsForNoneInAnyCase() {
    lora("a.safetensors", "same");
    lora("b.safetensors", "same");
    lora("c.safetensors", "SAME");
    FolderLibrary library = library();
    assertThatThrownBy(() -> library.find("same"))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("'a' or 'b'");
    assertThatThrownBy(() -> library.find("SAME"))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("use the file name: 'c'");
    assertThat(library.find("b").name()).isEqualTo("b");
  }

  @Test
  void find_trainersNameNone_standsForNone() {
    lora("a.safetensors", "None");
    Path none = lora("none.safetensors", "");
    FolderLibrary library = library();
    assertThatThrownBy(() -> library.find("None")).isInstanceOf(LoraException.class);
    assertThat(library.find("none").path()).isEqualTo(none);
  }

  @Test
  void find_otherCase_isAnotherName() {
    Path small = lora("ink.safetensors", "moxin");
    Path large = lora("x/Ink.safetensors", "Moxin");
    FolderLibrary library = library();
    assertThat(library.find("ink").path()).isEqualTo(small);
    assertThat(library.find("Ink").path()).isEqualTo(large);
    assertThat(library.find("moxin").path()).isEqualTo(small);
    assertThat(library.find("Moxin").path()).isEqualTo(large);
    assertThatThrownBy(() -> library.find("INK")).isInstanceOf(LoraException.class);
  }

  @Test
  void find_sameFileNameInSeveralFolders_theLastInNaturalOrderCounts() {
    lora("v9/ink.safetensors", "");
    Path last = lora("v10/ink.safetensors", "");
    lora("ink.safetensors", "");
    assertThat(library().find("ink").path()).isEqualTo(last);
    assertThat(library().list()).hasSize(3);
  }

  @Test
  void find_folderGivenTwice_itsTrainersNamesStayTheirs() {
    Path ink = lora("x/a.safetensors", "ink");
    assertThat(library(folder, folder.resolve("x")).find("ink").path()).isEqualTo(ink);
    assertThat(library(folder, folder.resolve("x")).list()).hasSize(1);
  }

  @Test
  void list_isInNaturalOrder() {
    for (String name : List.of("ink10", "Ink2", "ink1", "b")) {
      lora(name + ".safetensors", "");
    }
    assertThat(names(library().list())).containsExactly("b", "ink1", "Ink2", "ink10");
  }

  @Test
  void list_unchangedFiles_areNotReadAgain() throws IOException {
    Path good = lora("good.safetensors", "");
    Path bad = folder.resolve("bad.safetensors");
    Files.writeString(bad, "<html>");
    FolderLibrary library = library();
    List<LoraAdapter> before = library.list();
    String reason = library.unreadable().get(bad);

    replaceUnseen(good, new byte[(int) Files.size(good)]);
    replaceUnseen(bad, new byte[6]);
    assertThat(library.list()).isEqualTo(before);
    assertThat(library.unreadable()).containsOnlyKeys(bad).containsValue(reason);
  }

  @Test
  void list_changedFile_isReadAgain() throws IOException {
    Path path = folder.resolve("a.safetensors");
    Files.writeString(path, "<html>");
    FolderLibrary library = library();
    assertThat(library.list()).isEmpty();

    lora("a.safetensors", "first");
    assertThat(library.find("first").path()).isEqualTo(path);
    assertThat(library.unreadable()).isEmpty();

    lora("a.safetensors", "second-name");
    assertThat(library.find("second-name").path()).isEqualTo(path);
    assertThatThrownBy(() -> library.find("first")).isInstanceOf(LoraException.class);
  }

  @Test
  void list_filesComeGoAndMove_isSeenInNestedFolders() throws IOException {
    Path ink = lora("x/y/ink.safetensors", "");
    FolderLibrary library = library();
    lora("x/z/oil.safetensors", "");
    assertThat(names(library.list())).containsExactly("ink", "oil");

    Files.move(ink, folder.resolve("x/pen.safetensors"));
    assertThat(names(library.list())).containsExactly("oil", "pen");
    assertThatThrownBy(() -> library.find("ink"))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("'ink' is not in");

    Files.delete(folder.resolve("x/z/oil.safetensors"));
    Files.delete(folder.resolve("x/z"));
    assertThat(names(library.list())).containsExactly("pen");
  }

  @Test
  void list_folderWithOldTimeStamp_isNotListedAgain() throws IOException {
    FileTime old = FileTime.from(Instant.parse("2024-01-01T00:00:00Z"));
    lora("a.safetensors", "");
    Files.setLastModifiedTime(folder, old);
    FolderLibrary library = library();

    lora("b.safetensors", "");
    Files.setLastModifiedTime(folder, old);
    assertThat(names(library.list())).containsExactly("a");

    Files.setLastModifiedTime(folder, FileTime.from(Instant.now()));
    assertThat(names(library.list())).containsExactly("a", "b");
  }

  @Test
  void list_linksInACircle_end() throws IOException {
    lora("x/a.safetensors", "");
    Files.createSymbolicLink(folder.resolve("x/up"), folder);
    assertThat(names(library().list())).containsExactly("a");
  }

  @Test
  void list_linkToNothing_isUnreadableUntilItLeadsSomewhere() throws IOException {
    Path link = folder.resolve("link.safetensors");
    Path target = folder.resolve("elsewhere");
    Files.createSymbolicLink(link, target);
    FolderLibrary library = library();
    assertThat(library.unreadable()).containsOnlyKeys(link);

    TinyLoras.write(target, Map.of());
    assertThat(names(library.list())).containsExactly("link");
    assertThat(library.unreadable()).isEmpty();
  }

  @Test
  void list_folderGone_isRefused() throws IOException {
    Path inner = Files.createDirectory(folder.resolve("x"));
    FolderLibrary library = library(inner);
    Files.delete(inner);
    assertThatThrownBy(library::list)
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void search_text_looksInNamesFoldersTitlesAndNotesForPartsOfWords() throws IOException {
    lora("styles/Ink_Lines.safetensors", "moxin");
    TinyLoras.write(
        folder.resolve("people/a.safetensors"),
        Map.of("modelspec.title", "Old Sailor", "ss_tag_frequency", "{\"x\": {\"pink\": 1}}"));
    lora("b.safetensors", "");
    Files.writeString(folder.resolve("b.json"), "{\"notes\": \"best with a sailor\"}");
    FolderLibrary library = library();

    assertThat(names(library.search(LoraQuery.text("line INK")))).containsExactly("Ink_Lines");
    assertThat(names(library.search(LoraQuery.text("MOX")))).containsExactly("Ink_Lines");
    assertThat(names(library.search(LoraQuery.text("style")))).containsExactly("Ink_Lines");
    assertThat(names(library.search(LoraQuery.text("sailor")))).containsExactly("a", "b");
    assertThat(names(library.search(LoraQuery.text("sailor old")))).containsExactly("a");
    assertThat(names(library.search(LoraQuery.ALL))).containsExactly("a", "b", "Ink_Lines");
    assertThat(library.search(LoraQuery.text(String.valueOf(folder.getFileName())))).isEmpty();
  }

  @Test
  void search_trigger_looksForWholeWords() {
    TinyLoras.write(
        folder.resolve("a.safetensors"), Map.of("modelspec.trigger_phrase", "Zorp style, ink"));
    TinyLoras.write(
        folder.resolve("b.safetensors"),
        Map.of("ss_tag_frequency", "{\"10_x\": {\"pink hair\": 3, \"1girl\": 9}}"));
    FolderLibrary library = library();

    assertThat(names(library.search(LoraQuery.ALL.withTrigger("ink")))).containsExactly("a");
    assertThat(names(library.search(LoraQuery.ALL.withTrigger("zorp STYLE")))).containsExactly("a");
    assertThat(names(library.search(LoraQuery.ALL.withTrigger("1girl")))).containsExactly("b");
    assertThat(library.search(LoraQuery.ALL.withTrigger("girl"))).isEmpty();
  }

  @Test
  void search_family_andAllTheRest() {
    TinyLoras.write(
        folder.resolve("a.safetensors"), Map.of("ss_base_model_version", "sdxl_base_v1-0"));
    TinyLoras.write(folder.resolve("a1.safetensors"), Map.of("ss_base_model_version", "sd_v1"));
    lora("a2.safetensors", "");
    FolderLibrary library = library();

    LoraQuery sdxl = LoraQuery.ALL.withFamily(ModelFamily.SDXL);
    assertThat(names(library.search(sdxl))).containsExactly("a");
    assertThat(names(library.search(LoraQuery.ALL.withFamily(ModelFamily.UNKNOWN))))
        .containsExactly("a2");
    assertThat(library.search(sdxl.withText("a1"))).isEmpty();
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
    assertThatThrownBy(() -> library(file))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("is a file");
    assertThatThrownBy(() -> library(folder.resolve("missing")))
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

  @Test
  void files_settingsBesideChange_isOpenedAgain() throws IOException {
    Path path = lora("a.safetensors", "");
    LoraFiles files = new LoraFiles();
    LoraFile alone = files.open(path);
    Files.writeString(folder.resolve("adapter_config.json"), "{}");
    assertThat(files.open(path)).isNotSameAs(alone).isSameAs(files.open(path));
  }

  /** The details of an error for programs, which do not parse the message. */
  @Test
  void find_namesThatCannotBeUsed_tellReasonNameAndCandidates() throws IOException {
    lora("styles/ink.safetensors", "same");
    lora("styles/pen.safetensors", "same");
    Files.writeString(folder.resolve("styles/torn.safetensors"), "no tensors");
    FolderLibrary library = library();

    LoraException unknown = refusal(library, "inc");
    assertThat(unknown.reason()).isEqualTo(Reason.UNKNOWN);
    assertThat(unknown.name()).contains("inc");
    assertThat(unknown.nearestNames()).contains("ink");
    LoraException shared = refusal(library, "same");
    assertThat(shared.reason()).isEqualTo(Reason.AMBIGUOUS);
    assertThat(shared.nearestNames()).containsExactlyInAnyOrder("ink", "pen");
    LoraException torn = refusal(library, "torn");
    assertThat(torn.reason()).isEqualTo(Reason.DAMAGED);
    assertThat(torn.name()).contains("torn");
  }

  /** Somebody who only writes prompts must not learn the paths of folders. */
  @Test
  void find_namesThatCannotBeUsed_tellNoFoldersOfTheServer() throws IOException {
    Files.createDirectories(folder.resolve("styles"));
    Files.writeString(folder.resolve("styles/torn.safetensors"), "no tensors");
    String server = folder.toAbsolutePath().toString();

    assertThat(refusal(library(), "torn"))
        .hasMessageContaining("torn.safetensors")
        .hasMessageNotContaining(server);
    assertThat(refusal(library(), "inc"))
        .hasMessageContaining("is not in " + folder.getFileName())
        .hasMessageNotContaining(server);
  }

  private static LoraException refusal(FolderLibrary library, String name) {
    return catchThrowableOfType(LoraException.class, () -> library.find(name));
  }
}
