package dev.sdlora.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ProxySelector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartialFileTest {
  private static final byte[] CONTENT = {1, 2, 3};

  private Site site;

  @TempDir private Path folder;

  @BeforeEach
  void open() throws IOException {
    site = new Site();
    site.page("/ink.safetensors", Site.file(CONTENT));
    Files.createDirectories(folder.resolve("loras"));
    Files.writeString(folder.resolve("diary.txt"), "dear diary");
  }

  @AfterEach
  void close() {
    site.close();
  }

  private void get() {
    ModelStore.builder()
        .environment(Map.of(), folder)
        .folder(folder.resolve("store"))
        .proxy(ProxySelector.of(null))
        .pause(time -> {})
        .build()
        .get(
            site.address() + "/ink.safetensors#sha256=" + HubSites.sha256(CONTENT),
            folder.resolve("loras"));
  }

  private Path partial() {
    return folder.resolve("loras/.ink.safetensors.sd-incomplete");
  }

  private void refuses() {
    assertThatThrownBy(this::get)
        .isInstanceOf(DownloadException.class)
        .hasMessage(
            "'%s' cannot be written: it is a link to another file; delete it and try again",
            partial());
    assertThat(folder.resolve("diary.txt")).hasContent("dear diary");
    assertThat(folder.resolve("loras/ink.safetensors")).doesNotExist();
  }

  @Test
  void get_plantedLink_leavesTheOtherFile() throws IOException {
    Files.createSymbolicLink(partial(), folder.resolve("diary.txt"));
    refuses();
  }

  @Test
  void get_plantedSecondName_leavesTheOtherFile() throws IOException {
    Files.createLink(partial(), folder.resolve("diary.txt"));
    refuses();
  }

  @Test
  void get_plantedLinkToNothing_makesNoFileThere() throws IOException {
    Files.createSymbolicLink(partial(), folder.resolve("new.txt"));
    assertThatThrownBy(this::get).isInstanceOf(DownloadException.class);
    assertThat(folder.resolve("new.txt")).doesNotExist();
  }
}
