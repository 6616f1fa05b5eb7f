package dev.sdlora.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecentFilesTest {

  @Test
  void put_oneFileTooMany_theLeastRecentlyUsedGoes() {
    RecentFiles files = new RecentFiles(2, 100);
    files.put("a", new byte[1]);
    files.put("b", new byte[1]);
    assertThat(files.find("a")).isPresent();

    files.put("c", new byte[1]);

    assertThat(files.find("a")).isPresent();
    assertThat(files.find("b")).isEmpty();
    assertThat(files.find("c")).isPresent();
  }

  @Test
  void put_tooManyBytes_onlyAsManyGoAsMustMakeRoom() {
    RecentFiles files = new RecentFiles(10, 10);
    files.put("a", new byte[4]);
    files.put("b", new byte[4]);

    files.put("c", new byte[6]);

    assertThat(files.find("a")).isEmpty();
    assertThat(files.find("b")).isPresent();
    assertThat(files.find("c")).isPresent();
  }

  @Test
  void put_sameName_countsTheNewFileAlone() {
    RecentFiles files = new RecentFiles(10, 10);
    files.put("a", new byte[9]);
    files.put("a", new byte[2]);

    files.put("b", new byte[8]);

    assertThat(files.find("a").orElseThrow()).hasSize(2);
    assertThat(files.find("b")).isPresent();
  }

  @Test
  void put_longerThanAllMayBe_isNotKept() {
    RecentFiles files = new RecentFiles(10, 10);

    files.put("a", new byte[11]);

    assertThat(files.find("a")).isEmpty();
  }

  @Test
  void made_known_isNotMadeAgain() {
    RecentFiles files = new RecentFiles(10, 10);
    byte[] first = files.made("a", () -> new byte[3]);

    assertThat(files.made("a", () -> new byte[5])).isSameAs(first);
  }

  @Test
  void clear_leavesRoomForAll() {
    RecentFiles files = new RecentFiles(10, 10);
    files.put("a", new byte[9]);

    files.clear();
    files.put("b", new byte[10]);

    assertThat(files.find("a")).isEmpty();
    assertThat(files.find("b")).isPresent();
  }
}
