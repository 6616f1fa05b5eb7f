package dev.sdlora.server.browser;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * All browser tests. They are one class, so that they run in one JVM and share a browser and a
 * server; each has its own page.
 */
@ExtendWith(StudioExtension.class)
@Tag("slow")
class StudioTest
    implements CheckpointStories,
        ConnectionStories,
        DetailStories,
        DrawingStories,
        ImageStories,
        JobStories,
        LoraStories,
        PrefixStories,
        SettingsStories,
        TrainingStories,
        ViewStories {}
